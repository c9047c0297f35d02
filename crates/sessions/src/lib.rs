//! Flask's session system, as a library of its own.
