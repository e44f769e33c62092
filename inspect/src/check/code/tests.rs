//! Code is taken apart into what is done and what is written about.

use super::Source;
use crate::check::place::Language;

fn check(language: Language, text: &str, expected: &[(&str, Option<&str>, Option<&str>)]) {
    let source = Source::read(text, language);
    assert_eq!(source.mask.len(), text.len(), "{text}");
    let found: Vec<_> = source
        .literals
        .iter()
        .map(|literal| (source.said(*literal), source.callee(literal.start), source.target(*literal)))
        .collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn comments_and_documentation_are_no_texts() {
    check(
        Language::Python,
        "\"\"\"Doc 'a'.\"\"\"\ndef f():\n    '''More.'''\n    # it's\n    get('x')\n",
        &[("x", Some("get"), None)],
    );
    check(Language::JavaScript, "// it's\n/* 'a' */ get('x') /* ' */", &[("x", Some("get"), None)]);
    check(
        Language::Perl,
        "=head1 It's\n\n=cut\nsystem('x'); # '\n__END__\n'y'",
        &[("x", Some("system"), None)],
    );
    check(Language::Ruby, "=begin\n'a'\n=end\nputs 'x'\n", &[("x", Some("puts"), None)]);
    check(Language::Php, "# it's\n$a = 'x';", &[("x", None, Some("a"))]);
}

#[test]
fn a_text_knows_what_it_is_given_to() {
    check(
        Language::Python,
        "url = 'x'\nrequests.get(url='y', a=[1])\n",
        &[("x", None, Some("url")), ("y", Some("requests.get"), Some("url"))],
    );
    check(
        Language::JavaScript,
        "let o = {base: 'x', 'host': \"y\"}",
        &[("x", None, Some("base")), ("host", None, None), ("y", None, Some("host"))],
    );
    check(
        Language::JavaScript,
        "const p = process.env.REGISTRY || 'x'",
        &[("x", None, Some("process.env.REGISTRY"))],
    );
    check(Language::Perl, "$o{'url'} = 'x';", &[("url", None, None), ("x", None, None)]);
}

#[test]
fn an_odd_mark_does_not_turn_the_file_inside_out() {
    check(Language::JavaScript, "a = /['\"]/.test(b); c('x')", &[("x", Some("c"), None)]);
    check(Language::JavaScript, "a = b / 2; c('x') / 3", &[("x", Some("c"), None)]);
    check(Language::Perl, "m/don't/;\nf('x');\n", &[("x", Some("f"), None)]);
    check(
        Language::JavaScript,
        "f(`a${g(`b`)}c`); h('x')",
        &[("a${g(`b`)}c", Some("f"), None), ("x", Some("h"), None)],
    );
}

#[test]
fn a_text_over_several_lines_is_told_apart() {
    check(Language::Python, "f(\"\"\"a\n'b'\"\"\")\n", &[("a\n'b'", Some("f"), None)]);
    check(Language::Perl, "print <<EOF;\nIt's sudo 'x'\nEOF\nf('y');\n", &[("y", Some("f"), None)]);
    check(Language::Ruby, "a << 'x'\n", &[("x", Some("a"), None)]);
}

#[test]
fn what_is_told_is_not_done() {
    for (language, text, expected) in [
        (Language::Python, "print('sudo x')", true),
        (Language::Python, "raise ValueError('x')", true),
        (Language::Python, "subprocess.run('x')", false),
        (Language::Perl, "print STDERR 'x';", true),
        (Language::Perl, "system 'x';", false),
        (Language::JavaScript, "throw new Error('x')", true),
        (Language::JavaScript, "console.log('x')", true),
        (Language::JavaScript, "exec('x')", false),
    ] {
        let source = Source::read(text, language);
        assert_eq!(source.is_printed(source.literals[0].start), expected, "{text}");
    }
}
