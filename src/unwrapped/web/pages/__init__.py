"""The screens: the pages for people who are signed in, and those to sign in or register."""
