//! Holds what the compiler says of the likeliest mistakes: each message names the cause.

#[test]
fn mistakes_are_told_by_the_compiler() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
