//! The browser: headless Chromium, driven by chromedriver in the WebDriver protocol.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use ureq::Agent;

/// The key under which the protocol names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// How long a page may take to show what is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// A running chromedriver.
#[derive(Debug)]
pub(crate) struct Driver {
    child: Child,
    url: String,
    screenshots: PathBuf,
}

impl Driver {
    /// Starts it; screenshots will go into a folder.
    pub(crate) fn start(screenshots: &Path) -> Result<Self> {
        fs::create_dir_all(screenshots)?;
        let mut child = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start chromedriver")?;
        let output = child.stdout.take().context("chromedriver has no output")?;
        let mut driver = Self {
            child,
            url: String::new(),
            screenshots: screenshots.to_owned(),
        };
        for line in BufReader::new(output).lines() {
            let line = line?;
            if let Some((_, port)) = line.rsplit_once("successfully on port ") {
                driver.url = format!("http://127.0.0.1:{}", port.trim_end_matches('.'));
                return Ok(driver);
            }
        }
        bail!("chromedriver does not say where it listens")
    }

    /// Opens a window with cookies of its own.
    pub(crate) fn open(&self) -> Result<Browser<'_>> {
        // Inside containers there is neither a sandbox nor much shared memory.
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            "--window-size=900,760",
        ];
        let options = json!({ "args": arguments });
        let wanted = json!({ "alwaysMatch": { "goog:chromeOptions": options } });
        // The driver tells of failures in the body.
        let agent = Agent::config_builder().http_status_as_error(false).build();
        let mut browser = Browser {
            driver: self,
            agent: agent.into(),
            session: format!("{}/session", self.url),
        };
        let session = browser.post("", &json!({ "capabilities": wanted }))?;
        let id = session["sessionId"]
            .as_str()
            .context("a session has an id")?;
        browser.session = format!("{}/{id}", browser.session);
        Ok(browser)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Both fail only when the process has ended, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A window of the browser. Elements are named by CSS selectors.
#[derive(Debug)]
pub(crate) struct Browser<'a> {
    driver: &'a Driver,
    agent: Agent,
    session: String,
}

impl Browser<'_> {
    fn post(&self, command: &str, body: &Value) -> Result<Value> {
        let mut answer = self
            .agent
            .post(format!("{}{command}", self.session))
            .send_json(body)?;
        let answer: Value = answer.body_mut().read_json()?;
        match &answer["value"] {
            value if value["error"].is_string() => bail!("{command}: {}", value["message"]),
            value => Ok(value.clone()),
        }
    }

    /// Asks for what the protocol has no word for, in that of Chromium's developer tools.
    fn devtools(&self, command: &str, parameters: &Value) -> Result<Value> {
        let command = json!({ "cmd": command, "params": parameters });
        self.post("/goog/cdp/execute", &command)
    }

    /// Opens a page.
    pub(crate) fn visit(&self, url: &str) -> Result<()> {
        self.post("/url", &json!({ "url": url }))?;
        Ok(())
    }

    /// Answers the question that the page asks with yes.
    pub(crate) fn confirm(&self) -> Result<()> {
        self.post("/alert/accept", &json!({}))?;
        Ok(())
    }

    /// Runs a function body in the page, and gives what it returns.
    pub(crate) fn run(&self, script: &str) -> Result<Value> {
        self.post("/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// Clicks on an element; a page that it leads to is loaded before the next command.
    pub(crate) fn click(&self, selector: &str) -> Result<()> {
        let element = self.element(selector)?;
        self.post(&format!("/element/{element}/click"), &json!({}))?;
        Ok(())
    }

    /// Types into a field, in place of what it holds.
    pub(crate) fn fill(&self, selector: &str, text: &str) -> Result<()> {
        let element = self.element(selector)?;
        self.post(&format!("/element/{element}/clear"), &json!({}))?;
        self.post(
            &format!("/element/{element}/value"),
            &json!({ "text": text }),
        )?;
        Ok(())
    }

    fn element(&self, selector: &str) -> Result<String> {
        let wanted = json!({ "using": "css selector", "value": selector });
        let found = self.post("/element", &wanted)?;
        let id = found[ELEMENT].as_str().context("an element has an id")?;
        Ok(id.to_owned())
    }

    /// The text of each element, as it is seen.
    pub(crate) fn texts(&self, selector: &str) -> Result<Vec<String>> {
        let selector = json!(selector);
        let script = format!(
            "return [...document.querySelectorAll({selector})].map(element => element.innerText.trim())"
        );
        Ok(serde_json::from_value(self.run(&script)?)?)
    }

    /// Waits until the texts of elements are as they should be.
    pub(crate) fn wait_for_texts(&self, selector: &str, wanted: &[&str]) -> Result<()> {
        self.wait_for_texts_within(PATIENCE, selector, wanted)
    }

    /// Waits for texts, as long as it takes to build a program if it must be.
    pub(crate) fn wait_for_texts_within(
        &self,
        patience: Duration,
        selector: &str,
        wanted: &[&str],
    ) -> Result<()> {
        let deadline = Instant::now() + patience;
        loop {
            let texts = self.texts(selector)?;
            if texts == wanted {
                return Ok(());
            }
            if Instant::now() > deadline {
                bail!("the texts of {selector:?} are {texts:?}, not {wanted:?}");
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Shows pages as to somebody who likes them light or dark.
    pub(crate) fn prefer(&self, scheme: &str) -> Result<()> {
        let feature = json!({ "name": "prefers-color-scheme", "value": scheme });
        self.devtools(
            "Emulation.setEmulatedMedia",
            &json!({ "features": [feature] }),
        )?;
        Ok(())
    }

    /// Keeps the whole page as `NAME.png`.
    pub(crate) fn screenshot(&self, name: &str) -> Result<()> {
        let size = &self.devtools("Page.getLayoutMetrics", &json!({}))?["cssContentSize"];
        let (width, height) = (&size["width"], &size["height"]);
        let whole = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 1 });
        let how = json!({ "captureBeyondViewport": true, "clip": whole });
        let answer = self.devtools("Page.captureScreenshot", &how)?;
        let image = answer["data"].as_str().context("a screenshot has data")?;
        let name = format!("{}.png", name.replace(' ', "_"));
        fs::write(self.driver.screenshots.join(name), STANDARD.decode(image)?)?;
        Ok(())
    }
}

impl Drop for Browser<'_> {
    fn drop(&mut self) {
        // The browser would go on running; there is nobody to tell that it does not end.
        let _ = self.agent.delete(&self.session).call();
    }
}
