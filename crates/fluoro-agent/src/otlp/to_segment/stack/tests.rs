use proptest::prelude::*;

use super::*;

/// A stack as `path:line label`, causes behind `<- Type: message`.
fn read(text: &str, language: &str) -> Vec<String> {
    let stack = parse(text, Some(language));
    let lines = |frames: &[Frame<'_>]| -> Vec<String> {
        frames
            .iter()
            .map(|frame| format!("{}:{} {}", frame.path, frame.line, frame.label))
            .collect()
    };
    let mut all = lines(&stack.frames);
    for cause in &stack.causes {
        all.push(format!("<- {}: {}", cause.kind, cause.message));
        all.extend(lines(&cause.frames));
    }
    all
}

#[test]
fn python_with_causes() {
    let text = r#"Traceback (most recent call last):
  File "shop.py", line 3, in price
    return PRICES[item]
           ~~~~~~^^^^^^
KeyError: 'tea'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "shop.py", line 9, in buy
    price(item)
  File "shop.py", line 5, in price
    raise ValueError("no price: tea") from None
ValueError: no price: tea
"#;
    assert_eq!(
        read(text, "python"),
        [
            "shop.py:5 price",
            "shop.py:9 buy",
            "<- KeyError: 'tea'",
            "shop.py:3 price"
        ]
    );
    assert_eq!(parse(text, None), parse(text, Some("python")));
}

#[test]
fn java_with_suppressed_and_cause() {
    let text = "shop.NoPrice: tea\n\tat shop.Cart.buy(Cart.java:3)\n\tat java.base/java.lang.Thread.run(Thread.java)\n\
                \tSuppressed: shop.Left: behind\n\t\tat shop.Left.out(Left.java:1)\n\
                Caused by: java.io.IOException: disk: full\n\tat shop.Disk.read(Native Method)\n\t... 2 more\n";
    assert_eq!(
        read(text, "java"),
        [
            "Cart.java:3 shop.Cart.buy",
            "Thread.java:0 java.base/java.lang.Thread.run",
            "<- java.io.IOException: disk: full",
            "Native Method:0 shop.Disk.read"
        ]
    );
}

#[test]
fn javascript_of_node_and_browsers() {
    let text = "TypeError: no price\n    at Cart.buy (/srv/cart.js:3:14)\n    at async /srv/app.js:7:1\n\
                    at new Cart (file:///srv/cart.mjs:1:2) {\n  [cause]: Error: disk\n      at read (node:fs:9:1)\n";
    assert_eq!(
        read(text, "nodejs"),
        [
            "/srv/cart.js:3 Cart.buy",
            "async /srv/app.js:7 ",
            "file:///srv/cart.mjs:1 new Cart",
            "<- Error: disk",
            "node:fs:9 read"
        ]
    );
    assert_eq!(
        read(
            "buy@http://shop/cart.js:3:14\n@http://shop/app.js:7:1",
            "webjs"
        ),
        ["http://shop/cart.js:3 buy", "http://shop/app.js:7 "]
    );
}

#[test]
fn dotnet_with_an_inner_exception() {
    let text = "System.Exception: outer\n ---> System.IO.IOException: disk: full\n   at Shop.Disk.Read() in C:\\shop\\Disk.cs:line 9\n\
                   --- End of inner exception stack trace ---\n   at Shop.Cart.Buy(String item) in C:\\shop\\Cart.cs:line 3\n   at Program.Main()";
    assert_eq!(
        read(text, "dotnet"),
        [
            "C:\\shop\\Cart.cs:3 Shop.Cart.Buy(String item)",
            ":0 Program.Main()",
            "<- System.IO.IOException: disk: full",
            "C:\\shop\\Disk.cs:9 Shop.Disk.Read()"
        ]
    );
}

#[test]
fn go_php_and_ruby() {
    let go = "goroutine 1 [running]:\nmain.buy({0xc0, 0x3})\n\t/srv/cart.go:3 +0x1d\ncreated by main.main in goroutine 7\n\t/srv/main.go:9 +0x2\n";
    assert_eq!(
        read(go, "go"),
        ["/srv/cart.go:3 main.buy", "/srv/main.go:9 main.main"]
    );
    let php = "#0 /srv/cart.php(3): Cart->buy('tea')\n#1 [internal function]: run()\n#2 {main}";
    assert_eq!(read(php, "php"), ["/srv/cart.php:3 Cart->buy", ":0 run"]);
    let php = "Shop.NoPrice: tea\n at Cart.buy(cart.php:3)\nCaused by: Disk: full\n at Disk.read(disk.php:1)";
    assert_eq!(
        read(php, "php"),
        [
            "cart.php:3 Cart.buy",
            "<- Disk: full",
            "disk.php:1 Disk.read"
        ]
    );
    let ruby = "/srv/cart.rb:3:in `buy': no price (NoPrice)\n\tfrom /srv/app.rb:9:in 'Object#run'";
    assert_eq!(
        read(ruby, "ruby"),
        ["/srv/cart.rb:3 buy", "/srv/app.rb:9 Object#run"]
    );
}

proptest! {
    #[test]
    fn nothing_panics(text in "(at |File \"|\", line |#0 |\\(|\\)|:|1|é|\n|\t| |---> |--- End of inner exception|Caused by: |@|Next |created by |in )*") {
        for language in ["python", "java", "dotnet", "go", "php", "ruby", "?"] {
            let _ = parse(&text, Some(language));
        }
    }
}
