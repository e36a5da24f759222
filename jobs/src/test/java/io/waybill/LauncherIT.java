package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The start script in a directory laid out like the distribution, below a path with a blank; its
 * jars are this test's class path.
 */
@Timeout(120)
@EnabledOnOs({OS.LINUX, OS.MAC})
class LauncherIT {
  @TempDir Path directory;

  private record Ended(int code, String out, String err) {}

  @BeforeEach
  void layOut() throws IOException {
    DistributionFixture.layOut(home());
  }

  private Path home() {
    return directory.resolve("a place/waybill");
  }

  @Test
  void theVersionIsDataOnStandardOutput() throws Exception {
    Ended ended = waybill("--version");
    assertThat(ended.err()).isEmpty();
    assertThat(ended.out()).startsWith("waybill ").hasLineCount(1);
    assertThat(ended.code()).isZero();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void whatCannotBeWrittenIsAFailureAndAReaderThatLeavesIsNone() throws Exception {
    for (String line : List.of("--version", "copy --help")) {
      Ended ended = shell("exec \"$0\" " + line + " > /dev/full");
      assertThat(ended.code()).isEqualTo(1);
      assertThat(ended.err()).contains("waybill: standard output: ");
    }
    // nothing but the code
    Ended ended = shell("{ \"$0\" copy --help; echo \"$?\" >&2; } | true");
    assertThat(ended.err()).isEqualToIgnoringWhitespace("0");
  }

  private Ended shell(String script) throws Exception {
    return start(
        Path.of("/bin/sh"), Map.of(), "-c", script, home().resolve("bin/waybill").toString());
  }

  @Test
  void itIsFoundThroughLinksToLinks() throws Exception {
    Path first = directory.resolve("first link");
    Files.createSymbolicLink(first, home().resolve("bin/waybill"));
    Files.createSymbolicLink(directory.resolve("second"), Path.of("first link"));

    Ended ended = start(directory.resolve("second"), Map.of(), "--help");

    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(ended.out()).contains("waybill demo");
  }

  @Test
  void aClosedStandardInputIsEmptyAndNoFileOfItsOwn() throws Exception {
    Ended ended =
        start(
            Path.of("/bin/sh"),
            Map.of(),
            "-c",
            "exec \"$0\" send --from a@example.org --to b@example.org -s x --dry-run <&-",
            home().resolve("bin/waybill").toString());
    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(ended.out()).endsWith("Content-Transfer-Encoding: 7bit\r\n\r\n");
  }

  @Test
  void anUnknownVerbEndsWithTwoAndIsTroubleOnStandardError() throws Exception {
    Ended ended = waybill("frobnicate");
    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.err()).startsWith("waybill: unknown verb \"frobnicate\"\n");
  }

  @Test
  void withoutJavaItSaysWhatToInstall() throws Exception {
    Path tools = Files.createDirectories(directory.resolve("tools"));
    for (String tool : List.of("readlink", "sed")) {
      Files.createSymbolicLink(tools.resolve(tool), Path.of("/usr/bin", tool));
    }
    Ended ended =
        start(
            home().resolve("bin/waybill"),
            Map.of("PATH", tools.toString(), "JAVA_HOME", "", "WAYBILL_JAVA", ""),
            "--version");
    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.err()).contains("no Java found; install Java 17");

    Ended named =
        start(home().resolve("bin/waybill"), Map.of("WAYBILL_JAVA", "/no/such/java"), "--version");
    assertThat(named.code()).isEqualTo(2);
    assertThat(named.err()).contains("/no/such/java");
  }

  @Test
  void onlyDemoAndSandboxSeeTheSandboxsJars() throws Exception {
    Path java = directory.resolve("show");
    Files.writeString(java, "#!/bin/sh\nfor a in \"$@\"; do echo \"$a\"; done\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path shown = Files.createDirectories(directory.resolve("jdk/bin")).resolve("java");
    Files.move(java, shown);
    Files.writeString(directory.resolve("jdk/release"), "JAVA_VERSION=\"17.0.1\"\n");
    Map<String, String> environment = Map.of("WAYBILL_JAVA", shown.toString());
    Path script = home().resolve("bin/waybill");

    assertThat(start(script, environment, "demo").out()).contains("greenmail");
    assertThat(start(script, environment, "-o", "json", "sandbox").out()).contains("greenmail");
    for (String verb : List.of("run", "daemon", "validate", "--version")) {
      assertThat(start(script, environment, verb).out())
          .contains("io.waybill.jobs.cli.Main")
          .doesNotContain("greenmail");
    }
    assertThat(start(script, environment, "run", "demo").out()).doesNotContain("greenmail");
  }

  /** What the JVM compiles first may not be said on any stream, by whichever JVM. */
  @Test
  void aVerbThatTransfersIsQuietAboutItsTuning() throws Exception {
    Path from = Files.writeString(directory.resolve("from"), "content");
    Ended ended = waybill("copy", "-q", "-o", "ndjson", from.toString(), directory + "/to");
    assertThat(ended.err()).isEmpty();
    assertThat(ended.out()).startsWith("{").hasLineCount(1);
    assertThat(ended.code()).isZero();
  }

  @Test
  void anArchiveIsOfThisBuildAndTheJvmTakesIt() throws Exception {
    Path cache = directory.resolve("cache");
    Path jar = home().resolve("lib/waybill-jobs-0.0.0-TEST.jar");
    Path first = archiveMadeBy(cache, Set.of());
    Ended shared =
        start(
            home().resolve("bin/waybill"),
            Map.of("XDG_CACHE_HOME", cache.toString(), "WAYBILL_JAVA_OPTS", "-Xshare:on"),
            "copy",
            "--help");
    assertThat(shared.code())
        .as("an archive that cannot be used ends it: " + shared.out())
        .isZero();

    // another build of the same time
    FileTime time = Files.getLastModifiedTime(jar);
    try (FileSystem zip = FileSystems.newFileSystem(jar)) {
      Files.writeString(zip.getPath("another"), "build");
    }
    Files.setLastModifiedTime(jar, time);
    Path second = archiveMadeBy(cache, Set.of(first));
    assertThat(first).as("of no use any more").doesNotExist();
    assertThat(second).exists();
  }

  // the work is done in the background; the lock goes last
  private Path archiveMadeBy(Path cache, Set<Path> before) throws Exception {
    Ended ended =
        start(
            home().resolve("bin/waybill"), Map.of("XDG_CACHE_HOME", cache.toString()), "--version");
    assertThat(ended.code()).isZero();
    return await()
        .atMost(Duration.ofSeconds(90))
        .until(() -> archive(cache, before), Optional::isPresent)
        .orElseThrow();
  }

  private static Optional<Path> archive(Path cache, Set<Path> before) throws IOException {
    try (Stream<Path> all = Files.walk(cache)) {
      List<Path> files = all.filter(Files::isRegularFile).toList();
      return files.stream().anyMatch(each -> each.toString().endsWith(".lock"))
          ? Optional.empty()
          : files.stream()
              .filter(each -> each.toString().endsWith(".jsa") && !before.contains(each))
              .findFirst();
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof NoSuchFileException) {
        return Optional.empty(); // it was at work on it while we looked
      }
      throw e;
    }
  }

  @Test
  void aReaderThatGoesAwayEndsItQuietly() throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("waybill.yml"), "version: 1\ntimezone: UTC\njobs: {}\n");
    Path script = home().resolve("bin/waybill");

    Ended ended =
        start(
            Path.of("/bin/sh"),
            Map.of(),
            "-c",
            "\"$0\" validate -c \"$1\" | true",
            script.toString(),
            file.toString());

    assertThat(ended.err()).isEmpty();
    assertThat(ended.code()).isZero();
  }

  private Ended waybill(String... arguments) throws Exception {
    return start(home().resolve("bin/waybill"), Map.of(), arguments);
  }

  private Ended start(Path command, Map<String, String> environment, String... arguments)
      throws Exception {
    List<String> line = new ArrayList<>(List.of(command.toString()));
    line.addAll(Arrays.asList(arguments));
    Path out = Files.createTempFile(directory, "out", ".txt");
    Path err = Files.createTempFile(directory, "err", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(line).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    // no archive: it would be made in the background, after the test's directory is gone
    builder.environment().put("XDG_CACHE_HOME", "no absolute path");
    builder.environment().putAll(environment);
    Process process = builder.start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Ended(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }
}
