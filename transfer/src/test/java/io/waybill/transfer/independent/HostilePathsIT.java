package io.waybill.transfer.independent;

import static io.waybill.transfer.independent.HostilePeer.PATH_REFUSED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.testkit.Leaks;
import io.waybill.transfer.independent.IndependentFrame.Fields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Names that want to be somewhere else. */
class HostilePathsIT {
  @TempDir Path directory;

  @RegisterExtension final Leaks leaks = Leaks.watching(() -> directory);

  private ServedRoot served;
  private Path outside;

  @BeforeEach
  void start() throws Exception {
    served = new ServedRoot(directory);
    outside = Files.createDirectories(directory.resolve("outside"));
    Files.writeString(outside.resolve("secret"), "not yours");
    Files.createSymbolicLink(served.root.resolve("link"), outside);
    Files.createSymbolicLink(served.root.resolve("file link"), outside.resolve("secret"));
  }

  @AfterEach
  void nothingHasHappenedOutside() throws Exception {
    try (ServedRoot last = served) {
      HostilePeer.assertServesAGoodClient(last);
    }
    try (Stream<Path> all = Files.walk(outside)) {
      assertThat(all.skip(1)).containsExactly(outside.resolve("secret"));
    }
    assertThat(Files.readString(outside.resolve("secret"))).isEqualTo("not yours");
    try (Stream<Path> all = Files.list(directory)) {
      assertThat(all).containsExactlyInAnyOrder(served.root, outside);
    }
  }

  static List<String> tricks() {
    return List.of(
        "..",
        "../x",
        "in/../../x",
        "in/..",
        ".",
        "./x",
        "in/.",
        "/x",
        "/",
        "//x",
        "in//x",
        "in/",
        "in\\x",
        "..\\x",
        "C:x",
        "C:/x",
        "a\0b",
        "a\nb",
        "a\rb",
        "a\u007fb",
        "a\u0085b",
        "x.wbpart",
        "x.wbjournal",
        "n".repeat(256),
        "é".repeat(128),
        "d/".repeat(2_048) + "x");
  }

  @ParameterizedTest
  @MethodSource("tricks")
  void pathIsRefusedWhateverIsAskedOfIt(String path) throws Exception {
    List<String> before = served.names();
    try (IndependentClient client = served.login()) {
      assertThat(HostilePeer.refusal(client, 0x10, 0x20, HostilePeer.offer(path, 7)))
          .isEqualTo(PATH_REFUSED);
      Fields open = new Fields().text(32, path).number(41, 1).number(42, 3);
      assertThat(HostilePeer.refusal(client, 0x18, 0, open.text(37, "sha-256-tree")))
          .isEqualTo(PATH_REFUSED);
      Fields only = new Fields().text(32, path);
      assertThat(HostilePeer.refusal(client, 0x20, 0, new Fields().text(32, path).number(54, 1)))
          .isEqualTo(PATH_REFUSED);
      assertThat(HostilePeer.refusal(client, 0x21, 0, only)).isEqualTo(PATH_REFUSED);
      assertThat(HostilePeer.refusal(client, 0x24, 0, only)).isEqualTo(PATH_REFUSED);
      assertThat(HostilePeer.refusal(client, 0x24, 0x10, only)).isEqualTo(PATH_REFUSED);
      assertThat(HostilePeer.refusal(client, 0x25, 0, only)).isEqualTo(PATH_REFUSED);
      Fields to = new Fields().text(32, "a").text(38, path);
      assertThat(HostilePeer.refusal(client, 0x23, 0, to)).isEqualTo(PATH_REFUSED);
    }
    assertThat(served.names()).isEqualTo(before);
  }

  @Test
  void linksAreNotFollowed() throws Exception {
    try (IndependentClient client = served.login()) {
      for (String path : List.of("link/x", "link/secret", "link/deep/x")) {
        assertThatThrownBy(() -> client.upload(ServedRoot.source(path, 7), 0x20))
            .isInstanceOf(IndependentStream.Refused.class);
        Fields only = new Fields().text(32, path);
        assertThat(HostilePeer.refusal(client, 0x21, 0, only)).isGreaterThanOrEqualTo(16);
        assertThat(HostilePeer.refusal(client, 0x24, 0, only)).isGreaterThanOrEqualTo(16);
        assertThat(HostilePeer.refusal(client, 0x25, 0, only)).isGreaterThanOrEqualTo(16);
      }
      Fields open = new Fields().text(32, "file link").number(41, 1).number(42, 3);
      assertThat(HostilePeer.refusal(client, 0x18, 0, open.text(37, "sha-256-tree")))
          .isGreaterThanOrEqualTo(16);
      assertThat(client.list(""))
          .extracting(entry -> entry.path() + " " + entry.kind())
          .containsExactlyInAnyOrder("link 3", "file link 3");
    }
  }

  @Test
  void linkInTheTargetsPlaceIsNotWrittenThrough() throws Exception {
    try (IndependentClient client = served.login()) {
      assertThatThrownBy(() -> client.upload(ServedRoot.source("file link", 7), 0))
          .hasMessageStartingWith("18 (class 2)");
    }

    assertThat(Files.isSymbolicLink(served.root.resolve("file link"))).isTrue();
  }

  @Test
  void namesThatDifferInCaseOrFormAreTwoFiles() throws Exception {
    List<String> names =
        List.of("Name", "name", "caf\u00e9", "cafe\u0301", "\u212bngstrom", "\u00e5ngstrom");
    try (IndependentClient client = served.login()) {
      for (int i = 0; i < names.size(); i++) {
        client.upload(ServedRoot.source(names.get(i), i + 1), 0);
      }
    }
    for (int i = 0; i < names.size(); i++) {
      assertThat(served.served(names.get(i))).hasSize(i + 1);
    }
  }

  @Test
  void longestNamesAreTaken() throws Exception {
    String longest = "é".repeat(127) + "n";
    try (IndependentClient client = served.login()) {
      client.upload(ServedRoot.source(longest, 7), 0);
      client.upload(ServedRoot.source("d/" + "n".repeat(255), 7), 0x20);
    }

    assertThat(served.served(longest)).hasSize(7);
  }

  @Test
  void directoryThatTurnsIntoALinkMeanwhileLeadsNowhere() throws Exception {
    Path in = Files.createDirectory(served.root.resolve("in"));
    Path aside = served.root.resolve("aside");
    AtomicBoolean done = new AtomicBoolean();
    CompletableFuture<Void> swapping =
        CompletableFuture.runAsync(
            () -> {
              try {
                while (!done.get()) {
                  Files.move(in, aside);
                  Files.createSymbolicLink(in, outside);
                  LockSupport.parkNanos(100_000);
                  Files.delete(in);
                  Files.move(aside, in);
                  LockSupport.parkNanos(200_000);
                }
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    List<IndependentSource> refused = new ArrayList<>();
    Set<String> why = new HashSet<>();
    try (IndependentClient client = served.login()) {
      for (int i = 0; i < 300; i++) {
        IndependentSource source = ServedRoot.source("in/" + i, 100);
        try {
          client.upload(source, 0);
        } catch (IndependentStream.Refused e) {
          assertThat(e.code).isGreaterThanOrEqualTo(16);
          refused.add(source);
          why.add(e.getMessage());
        }
      }
    } finally {
      done.set(true);
      swapping.join();
    }

    assertThat(refused).as("%s", why).hasSizeLessThan(300);
    try (IndependentClient client = served.login()) {
      for (IndependentSource source : refused) {
        client.upload(source, 0);
      }
    }
    try (Stream<Path> files = Files.list(in)) {
      assertThat(files).hasSize(300);
    }
  }
}
