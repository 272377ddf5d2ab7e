//! Everything that can be set, in one list.

use super::setting::{Key, Section, Setting};

const BLANK: Setting = Setting {
    key: Key::Udp,
    section: Section::Listen,
    flag: None,
    short: None,
    value: None,
    environment: None,
    ambient: None,
    file: None,
    default: "",
    repeats: false,
    help: "",
};

const LISTEN: Setting = Setting {
    value: Some("ADDRESS"),
    ..BLANK
};

const STORE: Setting = Setting {
    section: Section::Store,
    ..BLANK
};

const AWS: Setting = Setting {
    section: Section::Aws,
    ..BLANK
};

const PROCESS: Setting = Setting {
    section: Section::Process,
    ..BLANK
};

/// Everything that can be set, in the order of the help.
pub const SETTINGS: &[Setting] = &[
    Setting {
        key: Key::Udp,
        flag: Some("bind"),
        short: Some('b'),
        environment: Some("FLUORO_BIND"),
        file: Some("Socket.UDPAddress"),
        default: "127.0.0.1:2000",
        help: "Where documents of X-Ray SDKs arrive, UDP; `off` for nowhere",
        ..LISTEN
    },
    Setting {
        key: Key::Tcp,
        flag: Some("bind-tcp"),
        short: Some('t'),
        environment: Some("FLUORO_BIND_TCP"),
        file: Some("Socket.TCPAddress"),
        default: "127.0.0.1:2000",
        help: "Where X-Ray SDKs ask for sampling rules, TCP",
        ..LISTEN
    },
    Setting {
        key: Key::Web,
        flag: Some("web"),
        environment: Some("FLUORO_WEB"),
        default: "127.0.0.1:2080",
        help: "Where the viewer and the X-Ray API are",
        ..LISTEN
    },
    Setting {
        key: Key::OtlpHttp,
        flag: Some("otlp-http"),
        environment: Some("FLUORO_OTLP_HTTP"),
        default: "127.0.0.1:4318",
        help: "Where OTLP over HTTP arrives; started as the daemon: off",
        ..LISTEN
    },
    Setting {
        key: Key::OtlpGrpc,
        flag: Some("otlp-grpc"),
        environment: Some("FLUORO_OTLP_GRPC"),
        default: "127.0.0.1:4317",
        help: "Where OTLP over gRPC arrives; started as the daemon: off",
        ..LISTEN
    },
    Setting {
        key: Key::AllowedHosts,
        flag: Some("allow-host"),
        value: Some("NAME"),
        environment: Some("FLUORO_ALLOW_HOST"),
        default: "none",
        repeats: true,
        help: "A name beside localhost under which browsers may reach the viewer",
        ..BLANK
    },
    Setting {
        key: Key::Data,
        flag: Some("data"),
        value: Some("DIRECTORY"),
        environment: Some("FLUORO_DATA"),
        default: "~/.local/share/fluoro",
        help: "Where traces are kept",
        ..STORE
    },
    Setting {
        key: Key::MaxAge,
        flag: Some("max-age"),
        value: Some("DURATION"),
        environment: Some("FLUORO_MAX_AGE"),
        default: "7d",
        help: "Traces older than this leave",
        ..STORE
    },
    Setting {
        key: Key::MaxSize,
        flag: Some("max-size"),
        value: Some("SIZE"),
        environment: Some("FLUORO_MAX_SIZE"),
        default: "5GB",
        help: "While the store is larger than this, its oldest traces leave",
        ..STORE
    },
    Setting {
        key: Key::Forward,
        section: Section::Forward,
        flag: Some("forward"),
        value: Some("TARGET"),
        environment: Some("FLUORO_FORWARD"),
        default: "none",
        repeats: true,
        help: "Send every document on to `xray`, `aws-otlp`, `otlp=URL` or `otlp-grpc=URL`; \
               `none` for nowhere. Headers may follow an URL: `otlp=https://host x-api-key=…`",
        ..BLANK
    },
    Setting {
        key: Key::Region,
        flag: Some("region"),
        short: Some('n'),
        value: Some("REGION"),
        ambient: Some("AWS_REGION"),
        file: Some("Region"),
        default: "from the surroundings: ECS, EC2 or the AWS profile",
        help: "The region whose X-Ray is used; turns on `--forward xray`",
        ..AWS
    },
    Setting {
        key: Key::RoleArn,
        flag: Some("role-arn"),
        short: Some('r'),
        value: Some("ARN"),
        file: Some("RoleARN"),
        default: "none",
        help: "A role to assume for AWS; turns on `--forward xray`",
        ..AWS
    },
    Setting {
        key: Key::ResourceArn,
        flag: Some("resource-arn"),
        short: Some('a'),
        value: Some("ARN"),
        file: Some("ResourceARN"),
        default: "none",
        help: "The resource that the agent's telemetry names",
        ..AWS
    },
    Setting {
        key: Key::Proxy,
        flag: Some("proxy-address"),
        short: Some('p'),
        value: Some("URL"),
        ambient: Some("HTTPS_PROXY"),
        file: Some("ProxyAddress"),
        default: "none",
        help: "An HTTP proxy on the way to AWS",
        ..AWS
    },
    Setting {
        key: Key::Endpoint,
        flag: Some("aws-endpoint"),
        value: Some("URL"),
        environment: Some("FLUORO_AWS_ENDPOINT"),
        file: Some("Endpoint"),
        default: "https://xray.REGION.amazonaws.com",
        help: "Another address of AWS X-Ray",
        ..AWS
    },
    Setting {
        key: Key::LocalMode,
        flag: Some("local-mode"),
        short: Some('o'),
        file: Some("LocalMode"),
        default: "false",
        help: "Do not ask EC2's metadata service for the region",
        ..AWS
    },
    Setting {
        key: Key::NoVerifyTls,
        flag: Some("no-verify-ssl"),
        environment: Some("FLUORO_NO_VERIFY_SSL"),
        file: Some("NoVerifySSL"),
        default: "false",
        help: "Do not check the certificates of AWS",
        ..AWS
    },
    Setting {
        key: Key::BufferMemory,
        flag: Some("buffer-memory"),
        short: Some('m'),
        value: Some("MB"),
        file: Some("TotalBufferSizeMB"),
        default: "none",
        help: "Accepted without effect: the store is the buffer",
        ..AWS
    },
    Setting {
        key: Key::Concurrency,
        file: Some("Concurrency"),
        default: "none",
        help: "Accepted without effect: sinks choose for themselves",
        ..AWS
    },
    Setting {
        key: Key::File,
        flag: Some("config"),
        short: Some('c'),
        value: Some("FILE"),
        environment: Some("FLUORO_CONFIG"),
        default: "none; started as the daemon: /etc/amazon/xray/cfg.yaml, ./cfg.yaml",
        help: "The daemon's cfg.yaml; turns on `--forward xray`",
        ..PROCESS
    },
    Setting {
        key: Key::LogFile,
        flag: Some("log-file"),
        short: Some('f'),
        value: Some("FILE"),
        environment: Some("FLUORO_LOG_FILE"),
        file: Some("Logging.LogPath"),
        default: "standard output",
        help: "Write the log to a file; a new one is begun at 50 MB, one old one kept",
        ..PROCESS
    },
    Setting {
        key: Key::LogLevel,
        flag: Some("log-level"),
        short: Some('l'),
        value: Some("LEVEL"),
        environment: Some("FLUORO_LOG_LEVEL"),
        file: Some("Logging.LogLevel"),
        default: "prod",
        help: "What is logged: dev, debug, info, warn, error, or prod, which is info",
        ..PROCESS
    },
    Setting {
        key: Key::LogFormat,
        flag: Some("log-format"),
        value: Some("FORMAT"),
        environment: Some("FLUORO_LOG_FORMAT"),
        default: "text",
        help: "How a line of the log looks: text or json",
        ..PROCESS
    },
    Setting {
        key: Key::LogRotation,
        file: Some("Logging.LogRotation"),
        default: "true",
        help: "Begin a new log file when this one is large",
        ..PROCESS
    },
    Setting {
        key: Key::Shutdown,
        flag: Some("shutdown-timeout"),
        value: Some("DURATION"),
        environment: Some("FLUORO_SHUTDOWN_TIMEOUT"),
        default: "8s",
        help: "How long to go on sending after SIGTERM; the rest is sent after the next start",
        ..PROCESS
    },
];
