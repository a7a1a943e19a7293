//! `why503 patterns`: the catalogue, for those who read it and those who add to it.

mod check;
mod list;
mod new;
#[cfg(test)]
mod schema_tests;
mod show;

use super::args::PatternsCommand;
use super::exit_code::ExitCode;
use crate::detect::catalogue::Layouts;
use crate::spot::signature::Signature;

/// Does one of the commands.
pub(super) fn run(command: &PatternsCommand) -> anyhow::Result<ExitCode> {
    match command {
        PatternsCommand::List(args) => list::run(args),
        PatternsCommand::Show(args) => show::run(args),
        PatternsCommand::Check { path } => check::run(path.as_deref()),
        PatternsCommand::New { product } => new::run(product),
    }
}

/// The product that an id begins with.
pub(super) fn product(id: &str) -> &str {
    id.split('.').next().unwrap_or(id)
}

/// Whether a signature is about `product`: by its id, or by the log that it stands in.
pub(super) fn is_about(signature: &Signature, product: &str, layouts: &Layouts) -> bool {
    let writes = |name: &String| {
        layouts.find(name).is_some_and(|layout| layouts.get(layout).text.product.eq_ignore_ascii_case(product))
    };
    self::product(&signature.text.id).eq_ignore_ascii_case(product) || signature.text.layouts.iter().any(writes)
}
