"""Tests of the page, as people use it: in a browser, by what they see."""
