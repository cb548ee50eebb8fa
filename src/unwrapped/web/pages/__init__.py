"""The screens for signed-in people, and the way to sign in: one module each."""
