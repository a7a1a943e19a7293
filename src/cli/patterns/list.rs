//! `why503 patterns list`: one row a signature.

use super::{is_about, product};
use crate::cli::args::ListArgs;
use crate::cli::catalogue::Catalogue;
use crate::cli::exit_code::ExitCode;
use crate::cli::rows::{self, Value};
use crate::cli::suggest;
use crate::spot::signature::Signature;
use anyhow::bail;
use std::io::{self, Write};

const COLUMNS: [&str; 7] = ["id", "product", "cause", "may_be", "strength", "role", "title"];

/// Prints the signatures that are asked for, by id.
pub(super) fn run(args: &ListArgs) -> anyhow::Result<ExitCode> {
    let catalogue = Catalogue::load(&args.patterns.patterns)?;
    let wanted = |signature: &&Signature| {
        let text = &signature.text;
        let is = |wanted: &Option<String>, id: &str| wanted.as_ref().is_none_or(|wanted| wanted == id);
        args.product.as_ref().is_none_or(|product| is_about(signature, product, &catalogue.layouts))
            && args
                .cause
                .as_ref()
                .is_none_or(|wanted| text.cause.iter().chain(&text.may_be).any(|cause| cause.id() == wanted))
            && is(&args.strength, text.strength.id())
            && is(&args.role, text.role.id())
    };
    let mut signatures: Vec<&Signature> = catalogue.signatures.iter().filter(wanted).collect();
    signatures.sort_by(|one, other| one.text.id.cmp(&other.text.id));
    if let Some(name) = args.product.as_ref().filter(|_| signatures.is_empty()) {
        let about = |signature: &Signature| is_about(signature, name, &catalogue.layouts);
        if !catalogue.signatures.iter().any(about) {
            let known = catalogue.signatures.iter().map(|signature| product(&signature.text.id));
            bail!("--product {name}: nothing is known of it{}", suggest::hint(&suggest::nearest(name, known)));
        }
    }
    let rows: Vec<Vec<Value<'_>>> = signatures.into_iter().map(row).collect();
    let mut out = io::BufWriter::new(io::stdout().lock());
    rows::write(args.output, &COLUMNS, &rows, &mut out)?;
    out.flush()?;
    Ok(ExitCode::Ran)
}

fn row(signature: &Signature) -> Vec<Value<'_>> {
    let text = &signature.text;
    let may_be: Vec<_> = text.may_be.iter().map(|cause| cause.id().into()).collect();
    vec![
        Value::text(text.id.as_str()),
        Value::text(product(&text.id)),
        Value::text(text.cause.map_or("", |cause| cause.id())),
        if may_be.is_empty() { Value::Unknown } else { Value::List(may_be) },
        Value::text(text.strength.id()),
        Value::text(text.role.id()),
        Value::text(text.title.as_str()),
    ]
}
