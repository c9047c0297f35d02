//! The names of templates: one, or several to choose from.

use smallvec::SmallVec;

/// The name of a template, or several of which the first that exists is taken.
///
/// *Flask:* the `template_name_or_list` argument of `render_template`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name templates",
    note = "give a text, or an array, slice or `Vec` of texts of which the first template that exists is taken"
)]
pub trait TemplateNames {
    /// The names, in the order they are tried in.
    fn template_names(&self) -> SmallVec<[&str; 1]>;
}

macro_rules! one_name {
    ($($type:ty),+) => {$(
        impl TemplateNames for $type {
            fn template_names(&self) -> SmallVec<[&str; 1]> {
                smallvec::smallvec![self.as_ref()]
            }
        }
    )+};
}

one_name!(&str, String, &String, std::borrow::Cow<'_, str>);

impl<S: AsRef<str>, const COUNT: usize> TemplateNames for [S; COUNT] {
    fn template_names(&self) -> SmallVec<[&str; 1]> {
        self.iter().map(AsRef::as_ref).collect()
    }
}

impl<S: AsRef<str>> TemplateNames for &[S] {
    fn template_names(&self) -> SmallVec<[&str; 1]> {
        self.iter().map(AsRef::as_ref).collect()
    }
}

impl<S: AsRef<str>> TemplateNames for Vec<S> {
    fn template_names(&self) -> SmallVec<[&str; 1]> {
        self.iter().map(AsRef::as_ref).collect()
    }
}

impl<S: AsRef<str>> TemplateNames for &Vec<S> {
    fn template_names(&self) -> SmallVec<[&str; 1]> {
        self.iter().map(AsRef::as_ref).collect()
    }
}
