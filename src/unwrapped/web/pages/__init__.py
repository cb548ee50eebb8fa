"""The screens of somebody who is signed in, and the ways there: one module each."""
