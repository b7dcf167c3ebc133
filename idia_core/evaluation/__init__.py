"""The paper's protocol over labelled people: rates with exact intervals, for every rule."""
