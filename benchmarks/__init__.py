"""Speed and memory, as ratios against a bare app; never part of the test run."""
