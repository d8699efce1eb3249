//! Clients that are generated from the OpenAPI document and compiled with its examples and those of
//! the documentation, and linters of the document.

mod api_document;
mod compilation;
mod curl;
mod documentation;
mod finding;
mod listing;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Workspace;
use super::node::NodePackages;
use super::python::{PythonEnvironment, run_command};
use super::service::ServiceProcess;
use crate::results::{self, CheckCounts};

/// Folder of the pinned tools, their configuration, and the programs that use the clients.
const TOOLS_FOLDER: &str = "xtask/generators";
const DOCUMENT: &str = "docs/openapi.json";

/// Runs the step. `accolade` is built already.
pub(super) fn run_step(house: &Workspace) -> CheckCounts {
    CheckCounts::from_result(try_run(house))
}

/// Tools of the step, and the folder for the clients.
struct GeneratorTools<'a> {
    packages: NodePackages<'a>,
    python: &'a PythonEnvironment,
    sources: PathBuf,
    document: PathBuf,
    /// Folder that contains the packages, where compilers find them.
    folder: PathBuf,
    output: PathBuf,
}

fn try_run(house: &Workspace) -> Result<CheckCounts, String> {
    let sources = house.root.join(TOOLS_FOLDER);
    let python = PythonEnvironment::with_requirements(
        &sources.join("requirements.txt"),
        &[],
        &house.step_folder("generators-python"),
    )?;
    let folder = house.step_folder("generators-node");
    let packages = NodePackages::with_lock_file(&python, &sources, &folder)?;
    let output = folder.join("generated");
    // Files of an earlier document would be compiled, too. The folder is missing in the first run.
    let _ = fs::remove_dir_all(&output);
    fs::create_dir_all(&output)
        .map_err(|error| format!("cannot create {}: {error}", output.display()))?;
    let tools = GeneratorTools {
        packages,
        python: &python,
        document: house.root.join(DOCUMENT),
        sources,
        folder,
        output,
    };
    let mut total = tools.lint_document()?;
    total += tools.write_documentation(&house.root)?;
    total += tools.compile_typescript()?;
    total += tools.compile_python()?;
    if total.failed > 0 {
        return Ok(total);
    }
    total += tools.call_service(house)?;
    Ok(total)
}

impl GeneratorTools<'_> {
    /// Checks the document with Redocly and Spectral. Warnings are errors.
    fn lint_document(&self) -> Result<CheckCounts, String> {
        let mut redocly = self.tool_command("@redocly/cli/bin/cli.js")?;
        redocly.arg("lint").arg(&self.document);
        redocly
            .arg("--config")
            .arg(self.sources.join("redocly.yaml"));
        redocly.args(["--format", "stylish"]);
        // It would look for a newer version of itself.
        redocly.env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true");
        redocly.env("REDOCLY_TELEMETRY", "off");
        let mut spectral = self.tool_command("@stoplight/spectral-cli/dist/index.js")?;
        spectral.arg("lint").arg(&self.document);
        spectral
            .arg("--ruleset")
            .arg(self.sources.join("spectral.yaml"));
        spectral.args(["--fail-severity", "hint"]);
        let mut total = results::run_counted(&mut redocly);
        total += results::run_counted(&mut spectral);
        Ok(total)
    }

    /// Finds the examples of the documentation, and their operations.
    fn write_documentation(&self, root: &Path) -> Result<CheckCounts, String> {
        documentation::write_examples(
            root,
            &self.sources.join("documentation.toml"),
            &self.document,
            &self.documentation_examples(),
        )
    }

    /// Generates clients in TypeScript, and compiles them with every documented example.
    fn compile_typescript(&self) -> Result<CheckCounts, String> {
        let mut usage = self.python.python_command();
        usage.arg(self.sources.join("write_usage.py"));
        run_command(usage.arg(&self.document).arg(&self.output))?;
        let mut documentation = self.python.python_command();
        documentation.arg(self.sources.join("write_documentation.py"));
        documentation.arg(self.documentation_examples());
        let mut total = results::run_counted(documentation.arg(&self.output));
        let mut types = self.tool_command("openapi-typescript/bin/cli.js")?;
        types.arg(&self.document).arg("-o");
        run_command(types.arg(self.output.join("schema.ts")))?;
        let mut client = self.tool_command("@hey-api/openapi-ts/bin/run.js")?;
        client.arg("-i").arg(&self.document).arg("-o");
        run_command(client.arg(self.output.join("hey-api")))?;
        let configuration = self.folder.join("tsconfig.json");
        fs::copy(self.sources.join("tsconfig.json"), &configuration)
            .map_err(|error| format!("cannot copy {}: {error}", configuration.display()))?;
        let mut compiler = self.tool_command("typescript/lib/tsc.js")?;
        total += results::run_counted(compiler.arg("--project").arg(configuration));
        let mut samples = self.python.program_command("node");
        samples.arg("--check").arg(self.output.join("samples.mjs"));
        total += results::run_counted(&mut samples);
        Ok(total)
    }

    /// Generates a client and models in Python, without warnings, and checks their types.
    fn compile_python(&self) -> Result<CheckCounts, String> {
        let mut client = self.python.program_command("openapi-python-client");
        client.args([
            "generate",
            "--fail-on-warning",
            "--overwrite",
            "--meta",
            "none",
        ]);
        client.arg("--path").arg(&self.document);
        client
            .arg("--config")
            .arg(self.sources.join("python-client.yaml"));
        client.arg("--output-path").arg(self.python_client());
        let mut models = self.python.program_command("datamodel-codegen");
        models.arg("--input").arg(&self.document);
        models.args(["--input-file-type", "openapi", "--disable-timestamp"]);
        models.args(["--output-model-type", "pydantic_v2.BaseModel"]);
        models.args(["--formatters", "builtin"]);
        models.arg("--output").arg(self.output.join("models.py"));
        let mut total = results::run_counted(&mut client);
        total += results::run_counted(&mut models);
        if total.failed > 0 {
            return Ok(total);
        }
        let mut types = self.python.python_command();
        types.args(["-m", "mypy", "--ignore-missing-imports", "--no-incremental"]);
        types.current_dir(&self.output).arg("samples.py");
        total += results::run_counted(&mut types);
        let mut import = self.python.python_command();
        import
            .current_dir(&self.output)
            .args(["-c", "import models"]);
        total += results::run_counted(&mut import);
        let mut examples = self.python.python_command();
        examples.arg(self.sources.join("check_documentation.py"));
        examples
            .arg(&self.document)
            .arg(self.documentation_examples());
        examples.env("PYTHONPATH", &self.output);
        total += results::run_counted(&mut examples);
        Ok(total)
    }

    /// Parses every documented response with the client in Python, and calls a running service.
    fn call_service(&self, house: &Workspace) -> Result<CheckCounts, String> {
        let service = ServiceProcess::start_empty(
            &house.program_path("accolade"),
            &house.root.join("crates/cli/catalogs/starter.toml"),
            &house.step_folder("generators"),
            &[("ACCOLADE_LOG_LEVEL", "warn")],
        )?;
        let key = service.create_key("generators", "record,read,actions,admin")?;
        let mut usage = self.python.python_command();
        usage.arg(self.sources.join("use_client.py"));
        usage.arg(&self.document).args([service.url(), &key]);
        usage.arg(self.output.join("samples.py"));
        usage.env("PYTHONPATH", &self.output);
        Ok(results::run_counted(&mut usage))
    }

    fn documentation_examples(&self) -> PathBuf {
        self.output.join("documentation.json")
    }

    fn python_client(&self) -> PathBuf {
        self.output.join("accolade_client")
    }

    /// Builds a command that runs a program of a package from npm.
    fn tool_command(&self, program: &str) -> Result<Command, String> {
        let path = self.packages.program_path(Path::new(program));
        if !path.exists() {
            return Err(format!("cannot find {}", path.display()));
        }
        let mut command = self.python.program_command("node");
        command.arg(path).current_dir(&self.folder);
        Ok(command)
    }
}
