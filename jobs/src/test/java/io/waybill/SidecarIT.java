package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.waybill.jobs.json.Json;
import io.waybill.jobs.sandbox.Sandbox;
import io.waybill.transfer.tcp.server.Permission;
import io.waybill.transfer.tcp.server.ServerUser;
import io.waybill.transfer.tcp.server.TransferServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hash sidecars: {@code checksum}, and what {@code copy} does with them, for several places. */
@Timeout(120)
class SidecarIT {
  @TempDir Path directory;
  private Sandbox servers;

  @BeforeEach
  void start() throws Exception {
    servers = Sandbox.start(directory.resolve("ftp"), directory.resolve("hub"));
    Files.createDirectories(directory.resolve("local"));
  }

  @AfterEach
  void stop() {
    servers.close();
  }

  private Path disk(String kind, String path) {
    return directory.resolve(kind).resolve(path);
  }

  /** A location as a person writes it: of this machine, the FTP server or the waybill server. */
  private String at(String kind, String path) {
    String encoded = path.replace(" ", "%20");
    return switch (kind) {
      case "ftp" -> "ftp://demo@127.0.0.1:%d/%s".formatted(servers.ftpPort(), encoded);
      case "hub" -> "waybill://demo@127.0.0.1:%d/%s".formatted(servers.chunkPort(), encoded);
      default -> disk(kind, path) + (path.endsWith("/") ? "/" : "");
    };
  }

  private CommandLineRun run(String kind, String... words) {
    List<String> all = new ArrayList<>(List.of("--state", directory.resolve("state").toString()));
    all.addAll(List.of(words));
    if (!kind.equals("local")) {
      all.addAll(List.of("--key-env", kind.equals("hub") ? "HUB_KEY" : "FTP_KEY"));
    }
    if (kind.equals("hub")) {
      all.add("--plaintext");
    }
    Map<String, String> environment =
        Map.of(
            "HOME",
            directory.toString(),
            "XDG_CONFIG_HOME",
            directory.resolve("none").toString(),
            "FTP_KEY",
            servers.ftpLogin().password(),
            "HUB_KEY",
            servers.chunkLogin().password());
    return CommandLineRun.of(environment, all.toArray(String[]::new));
  }

  private Path write(String kind, String path, String content) throws IOException {
    Path file = disk(kind, path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
    return Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2024-02-29T22:59:58Z")));
  }

  private static String hex(String algorithm, String content) throws Exception {
    return HexFormat.of()
        .formatHex(
            MessageDigest.getInstance(algorithm).digest(content.getBytes(StandardCharsets.UTF_8)));
  }

  private static String sha(String content) throws Exception {
    return hex("SHA-256", content);
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile)
          .map(each -> directory.relativize(each).toString())
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"local", "ftp", "hub"})
  void checksumWritesWhatItPrintsAndChecksIt(String kind) throws Exception {
    write(kind, "t/a b", "a");
    write(kind, "t/sub/x", "x");
    String lines = sha("a") + "  a b\n" + sha("x") + "  sub/x\n";

    CommandLineRun printed = run(kind, "checksum", at(kind, "t"));
    assertThat(printed.code()).as(printed.err()).isZero();
    assertThat(printed.out()).isEqualTo(lines);
    assertThat(names(disk(kind, "t"))).containsExactly("a b", "sub/x");

    CommandLineRun written = run(kind, "checksum", "--write", at(kind, "t"));
    assertThat(written.code()).as(written.err()).isZero();
    assertThat(disk(kind, "t/SHA256SUMS")).hasContent(lines);
    run(kind, "checksum", "--write", at(kind, "t"));
    assertThat(disk(kind, "t/SHA256SUMS")).as("it does not tell of itself").hasContent(lines);

    CommandLineRun good = run(kind, "checksum", "--check", at(kind, "t/SHA256SUMS"));
    assertThat(good.code()).as(good.err()).isZero();
    assertThat(good.out()).isEqualTo("a b: OK\nsub/x: OK\n");

    write(kind, "t/a b", "A");
    Files.delete(disk(kind, "t/sub/x"));
    CommandLineRun bad = run(kind, "checksum", "--check", at(kind, "t/SHA256SUMS"));
    assertThat(bad.code()).isEqualTo(7);
    assertThat(bad.out()).isEqualTo("a b: FAILED\nsub/x: missing\n");
    CommandLineRun json = run(kind, "-o", "json", "checksum", "--check", at(kind, "t/SHA256SUMS"));
    assertThat(Json.readObject(json.out()))
        .containsEntry("schema", "waybill.checksums/1")
        .extractingByKey("files")
        .asString()
        .contains("state=differs", "state=missing", "digest=sha-256:" + sha("A"));
  }

  @ParameterizedTest
  @CsvSource({"local, sha-1, SHA-1, sha1", "ftp, md5, MD5, md5", "hub, sha-512, SHA-512, sha512"})
  void checksumOfOneFile(String kind, String label, String java, String word) throws Exception {
    write(kind, "x", "content");
    CommandLineRun run = run(kind, "checksum", "--write", "--algorithm", label, at(kind, "x"));
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).startsWith(hex(java, "content") + "  ").endsWith("x\n");
    assertThat(disk(kind, "x." + word)).hasContent(hex(java, "content") + "  x\n");
    assertThat(run(kind, "checksum", "--check", at(kind, "x." + word)).out()).isEqualTo("x: OK\n");
  }

  @Test
  void checksumEscapesNamesAndGoesThroughNoLink() throws Exception {
    write("local", "t/new\nline", "n");
    write("local", "t/back\\slash", "b");
    Files.createSymbolicLink(disk("local", "t/link"), disk("local", "t/new\nline"));
    CommandLineRun printed = run("local", "-o", "ndjson", "checksum", at("local", "t"));
    assertThat(printed.out().lines()).hasSize(2).allMatch(each -> each.contains("checksum/1"));
    assertThat(printed.err()).contains("symbolic link").contains("link");
    assertThat(run("local", "checksum", "--write", at("local", "t")).out())
        .isEqualTo("\\" + sha("b") + "  back\\\\slash\n\\" + sha("n") + "  new\\nline\n");
    assertThat(run("local", "checksum", "--check", at("local", "t/SHA256SUMS")).out())
        .isEqualTo("back\\slash: OK\n\\new\\nline: OK\n");

    write("local", "t/LINK.sha256", sha("n") + "  link\n");
    CommandLineRun linked = run("local", "checksum", "--check", at("local", "t/LINK.sha256"));
    assertThat(linked.out()).isEqualTo("link: FAILED to read\n");
    write("local", "t/MD5SUMS", hex("MD5", "n") + "  \u001b[31mred\n");
    assertThat(run("local", "checksum", "--check", at("local", "t/MD5SUMS")).out())
        .isEqualTo("?[31mred: missing\n");
    assertThat(linked.code()).isEqualTo(8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x", "/etc/passwd", "a/../../x", "..\\x"})
  void aSidecarThatLeadsOutOfItsDirectoryIsNotBelieved(String name) throws Exception {
    write("local", "t/x", "x");
    write("local", "t/SHA256SUMS", sha("x") + "  x\n" + sha("x") + "  " + name + "\n");
    CommandLineRun checked = run("local", "checksum", "--check", at("local", "t/SHA256SUMS"));
    assertThat(checked.code()).isEqualTo(7);
    assertThat(checked.out()).isEmpty();
    assertThat(checked.err()).contains("line 2", "leads out of the directory");

    CommandLineRun copied =
        run("local", "copy", "--check-sidecar", at("local", "t/x"), at("local", "out"));
    assertThat(copied.code()).isEqualTo(7);
    assertThat(disk("local", "out")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"local", "ftp", "hub"})
  void aSidecarOfHundredMegabytesIsNotRead(String kind) throws Exception {
    write(kind, "t/x", "x");
    try (var sidecar = new java.io.RandomAccessFile(disk(kind, "t/x.sha256").toFile(), "rw")) {
      sidecar.setLength(100L << 20);
    }
    CommandLineRun run = run(kind, "copy", "--check-sidecar", at(kind, "t/x"), at("local", "out"));
    assertThat(run.code()).isEqualTo(11);
    assertThat(run.err()).contains("104857600 bytes", "16777216 is the most");
    assertThat(disk("local", "out")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "local,local",
    "ftp,local",
    "local,ftp",
    "ftp,ftp",
    "hub,local",
    "local,hub",
    "hub,hub"
  })
  void aFileIsPublishedOnlyIfItIsWhatItsSidecarSays(String from, String to) throws Exception {
    String kind = from.equals("local") ? to : from;
    write(from, "s/a b.iso", "right");
    // as Windows tools write it
    write(
        from,
        "s/a b.iso.sha256",
        "\uFEFF" + sha("right").toUpperCase(Locale.ROOT) + " *a b.iso\r\n");
    CommandLineRun good =
        run(kind, "copy", "--check-sidecar", at(from, "s/a b.iso"), at(to, "t/good"));
    assertThat(good.code()).as(good.err()).isZero();
    assertThat(disk(to, "t/good")).hasContent("right");
    assertThat(good.out()).contains("sha-256:" + sha("right"));

    write(from, "s/a b.iso", "wrong");
    write(to, "t/old", "old");
    for (String target : List.of("t/bad", "t/old")) {
      CommandLineRun bad =
          run(kind, "copy", "--check-sidecar", at(from, "s/a b.iso"), at(to, target));
      assertThat(bad.code()).isEqualTo(7);
      assertThat(bad.err())
          .contains(sha("wrong"), "must have sha-256:" + sha("right"), "a b.iso.sha256 says")
          .contains("nothing was published");
    }
    assertThat(disk(to, "t/old")).hasContent("old");
    assertThat(names(disk(to, "t"))).containsExactly("good", "old");
  }

  @ParameterizedTest
  @CsvSource({
    "local,local",
    "ftp,local",
    "local,ftp",
    "ftp,ftp",
    "hub,local",
    "local,hub",
    "hub,hub"
  })
  void aTreeIsComparedWithTheSidecarsInIt(String from, String to) throws Exception {
    String kind = from.equals("local") ? to : from;
    write(from, "s/a", "a");
    write(from, "s/sub/a", "other");
    write(from, "s/sub/deep/bad", "bad");
    write(from, "s/sub/deep/none", "none");
    write(
        from,
        "s/SHA256SUMS",
        sha("a") + "  a\n" + sha("other") + "  sub/a\n" + sha("good") + "  sub/deep/bad\n");
    CommandLineRun run = run(kind, "copy", "--check-sidecar", at(from, "s"), at(to, "t/"));
    assertThat(run.code()).as(run.err()).isEqualTo(8);
    assertThat(run.err())
        .contains("deep/bad has", "no sidecar tells what", "deep/none must have", "none.sha256");
    assertThat(names(disk(to, "t"))).containsExactly("SHA256SUMS", "a", "sub/a");

    CommandLineRun lenient =
        run(
            kind,
            "-o",
            "json",
            "copy",
            "--check-sidecar",
            "--sidecar-optional",
            "--exclude",
            "bad",
            at(from, "s"),
            at(to, "t/"));
    assertThat(lenient.code()).as(lenient.err()).isZero();
    assertThat(Json.readObject(lenient.out()))
        .containsEntry("unchecked-count", 1L)
        .containsEntry("skipped", 3L)
        .extractingByKey("unchecked")
        .asString()
        .contains("deep/none");
  }

  @ParameterizedTest
  @CsvSource({
    "local,local",
    "ftp,local",
    "local,ftp",
    "ftp,ftp",
    "hub,local",
    "local,hub",
    "hub,hub"
  })
  void sidecarsAreWrittenBesideTargets(String from, String to) throws Exception {
    String kind = from.equals("local") ? to : from;
    write(from, "s/a b", "a");
    write(from, "s/sub/x", "x");
    write(from, "s/sub/x.sha256", "stale");
    CommandLineRun run =
        run(kind, "copy", "--write-sidecar", "sha-256", at(from, "s"), at(to, "t/"));
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("wrote 2 sidecars", "left out, a sidecar, for which a new one");
    assertThat(names(disk(to, "t"))).containsExactly("a b", "a b.sha256", "sub/x", "sub/x.sha256");
    assertThat(disk(to, "t/a b.sha256")).hasContent(sha("a") + "  a b\n");
    assertThat(disk(to, "t/sub/x.sha256")).hasContent(sha("x") + "  x\n");

    Files.delete(disk(to, "t/a b.sha256"));
    Files.writeString(disk(to, "t/sub/x.sha256"), "of another version");
    CommandLineRun again =
        run(kind, "copy", "--write-sidecar", "sha-256", at(from, "s"), at(to, "t/"));
    assertThat(again.code()).as(again.err()).isZero();
    assertThat(again.out()).contains("2 there already", "wrote 2 sidecars");
    assertThat(disk(to, "t/a b.sha256")).hasContent(sha("a") + "  a b\n");
    assertThat(disk(to, "t/sub/x.sha256")).hasContent(sha("x") + "  x\n");
    CommandLineRun third =
        run(kind, "copy", "--write-sidecar", "sha-256", at(from, "s"), at(to, "t/"));
    assertThat(third.out()).contains("2 there already").doesNotContain("wrote");
  }

  @Test
  void whatIsCheckedByOneAlgorithmIsWrittenByAnotherAndMovedWithoutLosingItsSidecarFirst()
      throws Exception {
    write("ftp", "s/b", "b");
    write("ftp", "s/c", "c");
    write("ftp", "s/MD5SUMS", hex("MD5", "b") + "  b\n" + hex("MD5", "c") + "  c\n");
    CommandLineRun run =
        run(
            "ftp",
            "move",
            "--check-sidecar",
            "--write-sidecar",
            "sha-512",
            at("ftp", "s/*"),
            at("local", "t/"));
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(names(disk("local", "t")))
        .containsExactly("MD5SUMS", "b", "b.sha512", "c", "c.sha512");
    assertThat(disk("local", "t/c.sha512")).hasContent(hex("SHA-512", "c") + "  c\n");
    assertThat(names(disk("ftp", "s"))).isEmpty();
  }

  @Test
  void aMoveThatIsToBeCheckedIsNoBareRename() throws Exception {
    write("local", "s/forged", "forged");
    write("local", "s/forged.sha256", sha("right") + "  forged\n");
    CommandLineRun run =
        run("local", "move", "--check-sidecar", at("local", "s/forged"), at("local", "t/"));
    assertThat(run.code()).isEqualTo(7);
    assertThat(names(disk("local", "s"))).containsExactly("forged", "forged.sha256");
    assertThat(names(disk("local", "t"))).isEmpty();
  }

  @Test
  void aUserWhoMayReadAndNotListIsHelpedByTheUsualNames() throws Exception {
    write("local", "served/x", "x");
    write("local", "served/SHA512SUMS", hex("SHA-512", "x") + "  x\n");
    try (TransferServer server =
        TransferServer.builder(disk("local", "served"))
            .plaintext()
            .user(
                ServerUser.builder("demo").permissions(Set.of(Permission.READ)).build(),
                () -> servers.chunkLogin().password())
            .build()
            .start()) {
      String place = "waybill://demo@127.0.0.1:%d/".formatted(server.port());
      CommandLineRun run = run("hub", "copy", "--check-sidecar", place + "x", at("local", "out"));
      assertThat(run.code()).as(run.err()).isZero();
      assertThat(run.out()).contains("sha-512:" + hex("SHA-512", "x"));
      Files.delete(disk("local", "served/SHA512SUMS"));
      Files.delete(disk("local", "out"));
      CommandLineRun none = run("hub", "copy", "--check-sidecar", place + "x", at("local", "out"));
      assertThat(none.code()).isEqualTo(7);
      assertThat(none.err()).contains("no sidecar tells what");
      assertThat(disk("local", "out")).doesNotExist();
    }
  }

  @Test
  void optionsThatContradictEachOtherAreRefused() throws Exception {
    write("local", "x", "x");
    String x = at("local", "x");
    String y = at("local", "y");
    assertThat(run("local", "copy", "--sidecar-optional", x, y).err()).contains("--check-sidecar");
    assertThat(run("local", "copy", "--write-sidecar", "crc32c", x, y).err())
        .contains("sha-512, sha-256, sha-1, md5");
    assertThat(run("local", "copy", "--write-sidecar", "md5", "--policy", "append", x, y).err())
        .contains("not of the whole file");
    assertThat(run("local", "copy", "--digest", "md5", "--write-sidecar", "sha-1", x, y).err())
        .contains("two algorithms");
    assertThat(run("local", "checksum", "--check", "--write", x).code()).isEqualTo(2);
    assertThat(names(disk("local", ""))).containsExactly("x");
  }

  @Test
  void ofAWebServerTheUsualNamesAreAskedFor() throws Exception {
    HttpServer web =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    Map<String, String> files =
        Map.of(
            "/d/x.iso",
            "iso",
            "/d/SHA256SUMS",
            sha("iso") + "  x.iso\n" + sha("other") + "  y.iso\n",
            "/d/y.iso",
            "forged");
    web.createContext(
        "/",
        exchange -> {
          String content = files.get(exchange.getRequestURI().getPath());
          boolean isHead = exchange.getRequestMethod().equals("HEAD");
          byte[] bytes = (content == null ? "" : content).getBytes(StandardCharsets.UTF_8);
          if (isHead) {
            exchange.getResponseHeaders().set("Content-Length", "" + bytes.length);
          }
          exchange.sendResponseHeaders(
              content == null ? 404 : 200, isHead || content == null ? -1 : bytes.length);
          if (!isHead && content != null) {
            exchange.getResponseBody().write(bytes);
          }
          exchange.close();
        });
    web.start();
    try {
      String base = "http://127.0.0.1:" + web.getAddress().getPort() + "/d/";
      CommandLineRun good =
          run("local", "copy", "--check-sidecar", base + "x.iso", at("local", "out/"));
      assertThat(good.code()).as(good.err()).isZero();
      CommandLineRun bad =
          run("local", "copy", "--check-sidecar", base + "y.iso", at("local", "out/"));
      assertThat(bad.code()).isEqualTo(7);
      assertThat(bad.err()).contains("SHA256SUMS says");
      assertThat(names(disk("local", "out"))).containsExactly("x.iso");
      CommandLineRun checked = run("local", "checksum", "--check", base + "SHA256SUMS");
      assertThat(checked.out()).isEqualTo("x.iso: OK\ny.iso: FAILED\n");
    } finally {
      web.stop(0);
    }
  }
}
