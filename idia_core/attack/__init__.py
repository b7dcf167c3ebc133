"""The attack and its statistics, pure: numpy arrays in, frozen records out."""
