//! `why503 patterns new`: a pattern file to begin with.

use crate::cli::exit_code::ExitCode;
use crate::detect::catalogue::Layouts;
use anyhow::Context;
use std::io::{self, Write};

/// The file, with `PRODUCT` and `LAYOUT` to be replaced. It is proved by a test, so that what a beginner starts from
/// is never what is wrong.
const TEMPLATE: &str = r#"# Patterns for PRODUCT. Replace the example lines by real ones of your log, then prove the file:
#   why503 patterns check PRODUCT.toml
# In ~/.config/why503/patterns it is read by every run; elsewhere, give its directory with --patterns.
#KNOWN
# How the lines are laid out. Not needed where why503 knows the log: `why503 sources LOG` tells, and then `layouts`
# below takes that name.
[[layout]]
id        = "LAYOUT"
title     = "log of PRODUCT"
product   = "PRODUCT"
family    = "application"       # access, error, application, database, system, change, firewall
# <field:kind> is a part with a name, the rest is as it stands in the line; [[ ... ]] may be missing.
lines     = ["<timestamp:iso> PRODUCT <level:word> <message:text>"]
samples   = ["2026-11-22T08:05:16Z PRODUCT INFO ready to serve"]          # lines that it must read
strangers = ["2026-11-22T08:05:16Z other-than-PRODUCT INFO ready to serve"]  # lines that it must refuse

# What one message means.
[[signature]]
id         = "PRODUCT.desk.full"    # <product>.<topic>.<detail>
layouts    = ["LAYOUT"]             # or a whole family, such as "application"
anchor     = "all desks are taken"  # a literal piece that every such line has and no harmless one
regex      = 'all desks are taken \((?<taken>\d+) of (?<desks>\d+)\)'  # optional; its groups are for `title` and `fix`
# when     = { level = "ERROR" }    # optional; conditions on fields, as in { status = 503, reason = "sQ*" }
cause      = "overload"             # maintenance, overload, server-problem, automatic-configuration, connectivity,
                                    # firewall, script-bug
may_be     = []                     # other causes that it can stand for; such a signature never decides alone
strength   = "strong"               # direct: a request got 503 for this · strong: a fault that alone leads to 503
                                    # contributing: can be part of it · context: good to know
role       = "fault"                # trigger: a change · fault: what broke · symptom: what another noticed
                                    # recovery, backup: these need no cause
family     = "PRODUCT.desk"         # lines of one family are one piece of evidence
lead       = "instant"              # how long before the first 503: instant 30 s, process 2 min, slow 30 min
title      = "All {desks} desks of PRODUCT are taken"   # one sentence for an operator
fix        = ["Find what keeps the {taken} desks busy; then add desks."]
source     = "the manual of PRODUCT, page of messages"  # where the wording is documented
codes      = []                     # what somebody would type to look it up: why503 explain CODE
samples    = ["2026-11-22T08:05:16Z PRODUCT ERROR all desks are taken (8 of 8)"]       # must hit exactly this
lookalikes = ["2026-11-22T08:05:16Z PRODUCT INFO not all desks are in use (7 of 8)"]   # must not hit it
"#;

/// Prints the file for a product.
pub(super) fn run(product: &str) -> anyhow::Result<ExitCode> {
    let layouts = Layouts::embedded().context("the embedded layouts")?;
    write!(io::stdout().lock(), "{}", template(product, &layouts))?;
    Ok(ExitCode::Ran)
}

/// The file. A layout that why503 knows is not replaced but named.
pub(super) fn template(product: &str, layouts: &Layouts) -> String {
    let of_product = layouts.iter().filter(|(_, layout)| layout.text.product == product);
    let known: Vec<&str> = of_product.map(|(_, layout)| layout.text.id.as_str()).collect();
    let known = match known.as_slice() {
        [] => String::new(),
        known => format!("#\n# Logs of {product} that why503 knows: {}\n", known.join(", ")),
    };
    let mut layout = format!("{product}-own-log");
    while layouts.find(&layout).is_some() {
        layout.push('2');
    }
    TEMPLATE.replace("#KNOWN\n", &known).replace("LAYOUT", &layout).replace("PRODUCT", product)
}
