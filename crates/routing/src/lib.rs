//! Werkzeug's URL routing, as a library of its own.
