package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.jobs.cli.Main;
import io.waybill.jobs.json.Json;
import io.waybill.testkit.ForkedJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * One tree's way from an FTPS server to a directory here and on to an SFTP server, by lines of the
 * command line: pulled, mirrored by a process that is killed and run again, compared, mended, and
 * not deleted for an empty listing.
 *
 * @param here a directory for what is made on this machine
 * @param ftpsHome the directory that the FTPS server's user sees as {@code /}
 * @param ftps a URI of it with user and password, without a path
 * @param ca what vouches for it
 * @param sftpHome the SFTP server's directory
 * @param sftp a URI of that directory with a user
 * @param sftpKey that user's password
 * @param knownHosts the file that knows the SFTP server
 */
record PulledAndMirrored(
    Path here,
    Path ftpsHome,
    String ftps,
    Path ca,
    Path sftpHome,
    String sftp,
    String sftpKey,
    Path knownHosts) {
  private static final int FILES = 24;
  private static final int BIG = 12 << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  void run() throws Exception {
    Path out = ftpsHome.resolve("out");
    makeTree(out);
    Path pulled = here.resolve("pulled");
    CommandLineRun pull = line("copy", ftps + "/out", pulled.toString());
    assertThat(pull.code()).as(pull.err()).isZero();
    assertThat(content(pulled)).isEqualTo(content(out));

    Path mirror = sftpHome.resolve("mirror");
    killedInTheMiddle(pulled, mirror);
    Map<String, Integer> some = content(mirror);
    assertThat(content(pulled).entrySet()).as("each is whole").containsAll(some.entrySet());
    assertThat(some).hasSizeLessThan(FILES);

    CommandLineRun again = line("sync", pulled.toString(), sftp + "/mirror");
    assertThat(again.code()).as(again.err()).isZero();
    assertThat(content(mirror)).isEqualTo(content(out));
    assertThat(parts(mirror)).isEmpty();
    CommandLineRun equal = line("verify", pulled.toString(), sftp + "/mirror");
    assertThat(equal.code()).as(equal.err()).isZero();

    aBrokenFileIsNamedAndMended(pulled, mirror);
    anEmptyListingDeletesNothing(mirror);
  }

  /** Runs a line that has what it needs to log in at both servers. */
  CommandLineRun line(String verb, String... words) {
    return CommandLineRun.of(environment(), words(verb, words));
  }

  private String[] words(String verb, String... words) {
    List<String> all = new ArrayList<>(List.of("--state", here.resolve("state").toString()));
    all.addAll(List.of("-o", "json", verb, "--key-env", "SFTP_KEY", "--ca", ca.toString()));
    all.addAll(List.of("--known-hosts", knownHosts.toString()));
    all.addAll(Arrays.asList(words));
    return all.toArray(String[]::new);
  }

  private Map<String, String> environment() {
    return Map.of(
        "HOME",
        here.toString(),
        "XDG_CONFIG_HOME",
        here.resolve("none").toString(),
        "SFTP_KEY",
        sftpKey);
  }

  /** Kills it while the big file is on its way, as {@code kill -9} does. */
  private void killedInTheMiddle(Path pulled, Path mirror) throws InterruptedException {
    ForkedJvm.Builder process =
        ForkedJvm.running(Main.class)
            .args(words("sync", "--rate", "8MiB/s", pulled.toString(), sftp + "/mirror"));
    environment().forEach(process::environment);
    try (ForkedJvm child = process.start()) {
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(10))
          .until(
              () ->
                  !child.isAlive()
                      || parts(mirror).stream().anyMatch(each -> each.toFile().length() > BIG / 4));
      assertThat(child.isAlive()).as(child.output()).isTrue();
      child.kill();
    }
  }

  private void aBrokenFileIsNamedAndMended(Path pulled, Path mirror) throws IOException {
    Path broken = mirror.resolve("d1/f5.bin");
    FileTime modified = Files.getLastModifiedTime(broken);
    byte[] bytes = Files.readAllBytes(broken);
    bytes[bytes.length / 2] ^= 1;
    Files.write(broken, bytes);
    Files.setLastModifiedTime(broken, modified);
    CommandLineRun verified = line("verify", pulled.toString(), sftp + "/mirror");
    assertThat(verified.code()).as(verified.err()).isEqualTo(7);
    assertThat(verified.out()).contains("d1/f5.bin");
    assertThat((List<?>) Json.readObject(verified.out()).get("differing")).hasSize(1);

    CommandLineRun mended = line("sync", "--digest", pulled.toString(), sftp + "/mirror");
    assertThat(mended.code()).as(mended.err()).isZero();
    assertThat(Json.readObject(mended.out())).containsEntry("copied", 1L);
    assertThat(content(mirror)).isEqualTo(content(pulled));
  }

  private void anEmptyListingDeletesNothing(Path mirror) throws IOException {
    Files.createDirectories(ftpsHome.resolve("nothing"));
    CommandLineRun refused = line("sync", "--delete", ftps + "/nothing", sftp + "/mirror");
    assertThat(refused.code()).as(refused.out()).isEqualTo(11);
    assertThat(refused.err()).contains("the source is empty", "all 24 files");
    assertThat(content(mirror)).hasSize(FILES);
  }

  private static void makeTree(Path root) throws IOException {
    Random random = new Random(FILES);
    for (int i = 0; i < FILES; i++) {
      byte[] bytes = new byte[i == 0 ? BIG : 1 + random.nextInt(5000)];
      random.nextBytes(bytes);
      Path file = root.resolve("d%d/f%d.bin".formatted(i % 4, i));
      Files.createDirectories(file.getParent());
      Files.write(file, bytes);
      Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2026-01-02T03:04:05Z")));
    }
  }

  private static boolean isPart(Path file) {
    return file.getFileName().toString().contains(".wb");
  }

  private static List<Path> files(Path root) {
    if (!Files.exists(root)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(Files::isRegularFile).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> parts(Path root) {
    try {
      return files(root).stream().filter(PulledAndMirrored::isPart).toList();
    } catch (UncheckedIOException e) {
      return List.of(); // one got its name while it was looked at
    }
  }

  private static Map<String, Integer> content(Path root) throws IOException {
    Map<String, Integer> content = new TreeMap<>();
    for (Path file : files(root)) {
      if (!isPart(file)) {
        content.put(root.relativize(file).toString(), Arrays.hashCode(Files.readAllBytes(file)));
      }
    }
    return content;
  }
}
