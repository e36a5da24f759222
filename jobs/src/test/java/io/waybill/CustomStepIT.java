package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The example of a step of one's own: compiled as an embedder would, put into the plugins of a
 * directory laid out like the distribution, and used by its start script.
 */
@Timeout(180)
@EnabledOnOs({OS.LINUX, OS.MAC})
class CustomStepIT {
  private static final Path EXAMPLE = Path.of("examples/custom-step");

  @TempDir static Path built;
  @TempDir Path directory;

  private record Ended(int code, String out, String err) {}

  @BeforeAll
  static void build() throws IOException {
    DistributionFixture.layOut(built.resolve("waybill"));
    Path classes = Files.createDirectories(built.resolve("classes"));
    compile(EXAMPLE.resolve("src"), classes);
    Files.createDirectories(built.resolve("with plugins"));
    DistributionFixture.jarOf(classes, built.resolve("with plugins/acme-steps.jar"));
  }

  @BeforeEach
  void jobFile() throws IOException {
    Files.copy(EXAMPLE.resolve("checked-orders.yml"), directory.resolve("checked-orders.yml"));
    Files.writeString(directory.resolve("orders.csv"), "id;amount\n1;17\n2;4\n");
  }

  private static void compile(Path source, Path classes) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--release",
                "17",
                "-Xlint:all,-try",
                "-Werror",
                "-proc:none",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                classes.toString()));
    try (Stream<Path> files = Files.walk(source)) {
      files.map(Path::toString).filter(name -> name.endsWith(".java")).forEach(arguments::add);
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    assertThat(compiler.run(null, null, null, arguments.toArray(String[]::new))).isZero();
    Path service = Path.of("META-INF/services/io.waybill.jobs.StepType");
    Files.createDirectories(classes.resolve("META-INF/services"));
    Files.copy(source.resolve(service), classes.resolve(service));
  }

  private Ended waybill(String plugins, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(built.resolve("waybill/bin/waybill").toString());
    command.addAll(Arrays.asList(arguments));
    Path out = directory.resolve("out");
    Path err = directory.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().put("WAYBILL_STATE", directory.resolve("state").toString());
    // no class-data archive, which would be written beside the test and after it
    builder.environment().put("XDG_CACHE_HOME", "no absolute path");
    builder.environment().put("WAYBILL_PLUGINS", plugins);
    Process process = builder.start();
    try {
      assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Ended(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }

  private Ended withTheStep(String... arguments) throws Exception {
    return waybill(built.resolve("with plugins").toString(), arguments);
  }

  @Test
  void itsKeysAreExplainedAsOurOwn() throws Exception {
    Ended explained = withTheStep("explain", "acme.csv-check.separator");
    assertThat(explained.code()).as(explained.err()).isZero();
    assertThat(explained.out())
        .contains("What stands between two columns.", "jobs.NAME.steps.acme.csv-check.separator");
    assertThat(withTheStep("schema").out()).contains("\"acme.csv-check\"");
    assertThat(withTheStep("explain", "--page").out())
        .contains(
            "## `acme.csv-check`",
            "| `steps.ID.rows` | ",
            " | how many rows follow the first line |");
  }

  @Test
  void aJobRunsWithItAndSeesWhatItLeftBehind() throws Exception {
    Ended valid = withTheStep("validate", "-c", "checked-orders.yml");
    assertThat(valid.code()).as(valid.err()).isZero();

    Ended ran = withTheStep("run", "orders", "-c", "checked-orders.yml", "-o", "json");

    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(directory.resolve("accepted/2-orders.csv")).hasContent("id;amount\n1;17\n2;4\n");
  }

  @Test
  void whatItRefusesEndsTheRunWithItsWords() throws Exception {
    Files.writeString(directory.resolve("orders.csv"), "id;total\n1;17\n");

    Ended ran = withTheStep("run", "orders", "-c", "checked-orders.yml", "-o", "json");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(Plain.text(Json.readObject(ran.out()), "message"))
        .contains("has no column \"amount\"; its first line names: id, total");
    assertThat(directory.resolve("accepted")).doesNotExist();
  }

  @Test
  void itsMistakesAreToldWithTheirLine() throws Exception {
    Files.writeString(
        directory.resolve("checked-orders.yml"),
        Files.readString(EXAMPLE.resolve("checked-orders.yml"))
            .replace("columns: [id, amount]", "column: id, separator: \"\""));

    Ended refused = withTheStep("validate", "-c", "checked-orders.yml");

    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err())
        .contains(
            "checked-orders.yml:10:45: error: unknown key \"column\" in \"acme.csv-check\" in step 1 of"
                + " job \"orders\"",
            "did you mean \"columns\"?");
  }

  @Test
  void withoutItsJarTheFileIsRefused() throws Exception {
    Path empty = Files.createDirectories(directory.resolve("empty"));
    Ended refused = waybill(empty.toString(), "validate", "-c", "checked-orders.yml");
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err()).contains("unknown key \"acme.csv-check\"");
  }

  @Test
  void twoJarsWithOneNameAreBothTold() throws Exception {
    Path two = Files.createDirectories(directory.resolve("two"));
    Files.copy(built.resolve("with plugins/acme-steps.jar"), two.resolve("a.jar"));
    Path other = Files.createDirectories(directory.resolve("other"));
    Path source =
        Files.createDirectories(directory.resolve("source/com/acme/other"))
            .resolve("CsvCheckType.java");
    Files.writeString(
        source,
        """
        package com.acme.other;
        import io.waybill.jobs.*;
        import java.util.*;
        public final class CsvCheckType implements StepType<CsvCheckType.Nothing> {
          record Nothing() implements Step {}
          public String name() { return "acme.csv-check"; }
          public String doc() { return "Another."; }
          public List<Key> keys() { return List.of(); }
          public Map<String, String> outputs() { return Map.of(); }
          public Nothing bind(Arguments arguments, Connections connections) { return new Nothing(); }
          public StepHandler<Nothing> handler(StepServices services) { return null; }
        }
        """);
    Path services = Files.createDirectories(directory.resolve("source/META-INF/services"));
    Files.writeString(
        services.resolve("io.waybill.jobs.StepType"), "com.acme.other.CsvCheckType\n");
    compile(directory.resolve("source"), other);
    DistributionFixture.jarOf(other, two.resolve("b.jar"));

    Ended refused = waybill(two.toString(), "validate", "-c", "checked-orders.yml");

    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err())
        .startsWith("waybill: kind of step com.acme.")
        .contains("its name \"acme.csv-check\" is that of com.acme.", "a.jar", "b.jar")
        .doesNotContain("\tat ");
  }

  @Test
  void whatBringsNothingIsAWarningAndABrokenJarAnError() throws Exception {
    Path plugins = Files.createDirectories(directory.resolve("some"));
    Files.copy(built.resolve("with plugins/acme-steps.jar"), plugins.resolve("a.jar"));
    Path nothing = Files.createDirectories(directory.resolve("nothing"));
    DistributionFixture.jarOf(nothing, plugins.resolve("nothing.jar"));
    DistributionFixture.jarOf(
        nothing, Files.createDirectories(plugins.resolve("lib")).resolve("library.jar"));
    Files.writeString(plugins.resolve("README.txt"), "as it came");
    Files.writeString(plugins.resolve("notes.md"), "mine");

    Ended valid = waybill(plugins.toString(), "validate", "-c", "checked-orders.yml");

    assertThat(valid.code()).as(valid.err()).isZero();
    assertThat(valid.err())
        .contains(
            plugins.resolve("nothing.jar") + ":1:1: warning: the jar registers no kind of step",
            plugins.resolve("notes.md") + ":1:1: warning: is no jar")
        .doesNotContain("README.txt", "library.jar", "a.jar:");

    Files.writeString(plugins.resolve("lib/torn.jar"), "no jar");
    Ended refused = waybill(plugins.toString(), "validate", "-c", "checked-orders.yml");

    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err())
        .contains("lib/torn.jar is no jar that can be read")
        .doesNotContain("\tat ");
  }

  @Test
  void aDirectoryOfPluginsThatIsNotThereIsTold() throws Exception {
    Ended refused = waybill(directory.resolve("gone").toString(), "--version");
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err()).contains("WAYBILL_PLUGINS", "which is not a directory");
  }
}
