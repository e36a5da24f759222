package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.transfer.tcp.server.TransferServer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code rm} of a symbolic link at a server deletes the link and nothing that it points to. */
@Timeout(60)
class RmLinksIT {
  private static final String KEY = "planted-4711";

  @TempDir Path here;
  private final List<String> login = new ArrayList<>();

  /** Which server. */
  private enum Kind {
    SFTP,
    WAYBILL
  }

  private interface Body {
    void run(String uri) throws Exception;
  }

  private void at(Kind kind, Path home, Body body) throws Exception {
    switch (kind) {
      case SFTP -> {
        try (SftpFixture server = new SftpFixture(home, KEY)) {
          login.addAll(
              List.of("--known-hosts", server.knownHosts(here.resolve("known")).toString()));
          body.run("sftp://%s@127.0.0.1:%d".formatted(SftpFixture.USER, server.port()));
        }
      }
      case WAYBILL -> {
        try (TransferServer server =
            TransferServer.builder(home).user("ann", () -> KEY).plaintext().build().start()) {
          login.add("--plaintext");
          body.run("waybill://ann@127.0.0.1:" + server.port());
        }
      }
    }
  }

  private CommandLineRun rm(String... words) {
    List<String> all = new ArrayList<>(List.of("--state", here.resolve("state").toString(), "rm"));
    all.addAll(List.of("--key-env", "KEY"));
    all.addAll(login);
    all.addAll(List.of(words));
    return CommandLineRun.of(
        Map.of("HOME", here.toString(), "KEY", KEY), all.toArray(String[]::new));
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void theLinkIsDeletedAndWhatItPointsToIsKept(Kind kind) throws Exception {
    Path home = Files.createDirectories(here.resolve("home"));
    Path outside = Files.createDirectories(here.resolve("outside"));
    Files.writeString(outside.resolve("precious"), "precious");
    Files.writeString(home.resolve("file"), "file");
    Files.createDirectories(home.resolve("tree/sub"));
    Files.writeString(home.resolve("tree/sub/own"), "own");
    Path toFile = Files.createSymbolicLink(home.resolve("to-file"), Path.of("file"));
    Path toNothing = Files.createSymbolicLink(home.resolve("to-nothing"), Path.of("none"));
    Path toTree = Files.createSymbolicLink(home.resolve("to-tree"), outside);
    Files.createSymbolicLink(home.resolve("tree/to-tree"), outside);
    Files.createSymbolicLink(home.resolve("tree/sub/to-file"), outside.resolve("precious"));

    at(
        kind,
        home,
        uri -> {
          for (Path link : List.of(toFile, toNothing)) {
            CommandLineRun one = rm(uri + "/" + link.getFileName());
            assertThat(one.code()).as("%s: %s", link, one.err()).isZero();
            assertThat(Files.exists(link, LinkOption.NOFOLLOW_LINKS)).as("%s", link).isFalse();
          }
          CommandLineRun directory = rm("-r", uri + "/to-tree");
          assertThat(directory.code()).as(directory.err()).isZero();
          assertThat(Files.exists(toTree, LinkOption.NOFOLLOW_LINKS)).isFalse();
          CommandLineRun tree = rm("-r", uri + "/tree");
          assertThat(tree.code()).as(tree.err()).isZero();
        });

    assertThat(home.resolve("file")).hasContent("file");
    assertThat(home.resolve("tree")).doesNotExist();
    assertThat(outside.resolve("precious")).hasContent("precious");
  }
}
