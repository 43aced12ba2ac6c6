"""What people outside this tree build on: the port of platforms, and the suite that tests one."""
