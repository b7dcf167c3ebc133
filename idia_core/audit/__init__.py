"""The one use case: does this model link this face with this name?"""
