//! Header values, as Werkzeug reads and writes them. Flask: `werkzeug.http`, `werkzeug.datastructures`.
