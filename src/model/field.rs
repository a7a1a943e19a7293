//! The standard names of what a record can say.

macro_rules! fields {
    ($($variant:ident $name:literal $doc:literal),+ $(,)?) => {
        /// A named part of a record. Meanings follow OpenTelemetry and ECS, spelled short.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Field { $(#[doc = $doc] $variant),+ }

        impl Field {
            /// Every field, in the order of the columns of `parse`.
            pub const ALL: &'static [Field] = &[$(Field::$variant),+];

            /// A bit of its own, for sets of fields.
            pub const fn bit(self) -> u32 {
                1 << self as u32
            }

            /// The name in layouts, signatures and output.
            pub fn name(self) -> &'static str {
                match self { $(Field::$variant => $name),+ }
            }

            /// The field that `name` stands for.
            pub fn from_name(name: &str) -> Option<Field> {
                match name { $($name => Some(Field::$variant),)+ _ => None }
            }
        }
    };
}

fields! {
    Host "host" "The machine that wrote the line, as the line says.",
    Service "service" "Virtual host, frontend or backend, Kubernetes service.",
    Level "level" "Severity as written.",
    Message "message" "What the program said, without timestamp and envelope.",
    Client "client" "Address of the client of the request.",
    Method "method" "Request method.",
    Path "path" "Request target.",
    Status "status" "Response status.",
    Bytes "bytes" "Size of the response in bytes.",
    Duration "duration" "Time from the start of the request to its end, in microseconds.",
    Upstream "upstream" "The server behind: `address:port`, `unix:/path`, `backend/server`.",
    UpstreamStatus "upstream_status" "Status that the server behind answered.",
    Reason "reason" "Cause code: HAProxy termination state, Envoy response flags, a balancer's error reason.",
    RequestId "request_id" "Id of the request, where the tiers share one.",
    UserAgent "user_agent" "User agent as the client stated it.",
    Src "src" "Source address of a packet.",
    Dst "dst" "Destination address of a packet.",
    SrcPort "src_port" "Source port of a packet.",
    DstPort "dst_port" "Destination port of a packet.",
    Proto "proto" "Transport protocol of a packet.",
    Action "action" "What a filter did: allow, drop, reject, deny.",
    Rule "rule" "The filter rule or log prefix.",
    Program "program" "Program, unit or process name.",
    Pid "pid" "Process id.",
    User "user" "Account that acted.",
}

/// Number of fields.
pub const FIELD_COUNT: usize = Field::ALL.len();
