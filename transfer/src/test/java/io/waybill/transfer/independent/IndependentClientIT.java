package io.waybill.transfer.independent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.testkit.Leaks;
import io.waybill.transfer.independent.IndependentClient.Upload;
import io.waybill.transfer.independent.IndependentFrame.Fields;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Our server against a client that was written from PROTOCOL.md alone. */
class IndependentClientIT {
  private static final int MIB = 1 << 20;

  @TempDir Path directory;

  @RegisterExtension final Leaks leaks = Leaks.watching(() -> directory);

  private ServedRoot served;

  @BeforeEach
  void start() throws Exception {
    served = new ServedRoot(directory);
  }

  @AfterEach
  void stop() {
    served.close();
  }

  @Test
  void uploadsAFileOfSeveralChunksWithItsTime() throws Exception {
    byte[] bytes = ServedRoot.random(3 * MIB + 7);
    Arrays.fill(bytes, MIB, 2 * MIB, (byte) 0);
    IndependentSource source = new IndependentSource("in/big file.bin", bytes, ServedRoot.MODIFIED);

    try (IndependentClient client = served.login()) {
      assertThat(client.upload(source, IndependentClient.PARENTS).hasField(54)).isFalse();
    }

    assertThat(served.served("in/big file.bin")).isEqualTo(bytes);
    assertThat(Files.getLastModifiedTime(served.root.resolve("in/big file.bin")))
        .isEqualTo(FileTime.from(ServedRoot.MODIFIED));
  }

  @Test
  void uploadsAnEmptyFile() throws Exception {
    try (IndependentClient client = served.login()) {
      client.upload(ServedRoot.source("empty", 0), 0);
    }

    assertThat(served.served("empty")).isEmpty();
  }

  @Test
  void resumesWithWhatIsMissingAfterADisconnection() throws Exception {
    IndependentSource source = ServedRoot.source("big.bin", 4 * MIB + 1);
    try (IndependentClient first = served.login()) {
      Upload upload = first.offer(source, 0);
      assertThat(upload.missing()).containsExactly(0, 1, 2, 3, 4);
      first.send(upload, 3, first.first());
      first.send(upload, 1, first.first());
    }

    try (IndependentClient second = served.login()) {
      Upload upload = second.offer(source, 0);
      assertThat(upload.missing()).containsExactly(0, 2, 4);
      for (int index : upload.missing()) {
        second.send(upload, index, second.first());
      }
      second.commit(upload);
    }

    assertThat(served.served("big.bin")).isEqualTo(source.bytes().array());
  }

  @Test
  void takesOverAnUploadFromAnEarlierConnectionOfTheSameClient() throws Exception {
    IndependentSource source = ServedRoot.source("big.bin", 2 * MIB);
    try (IndependentClient stalled = served.login();
        IndependentClient again = served.login()) {
      Upload before = stalled.offer(source, 0);
      stalled.send(before, 1, stalled.first());

      Upload upload = again.offer(source, 0);
      assertThat(upload.missing()).containsExactly(0);
      again.send(upload, 0, again.first());
      again.commit(upload);
    }

    assertThat(served.served("big.bin")).isEqualTo(source.bytes().array());
  }

  @Test
  void anotherClientIsTurnedAwayWhileAnUploadIsOpen() throws Exception {
    IndependentSource source = ServedRoot.source("big.bin", 2 * MIB);
    try (IndependentClient holder = served.login();
        IndependentClient other =
            new IndependentClient(
                served.connect(),
                IndependentClient.newInstance(),
                ServedRoot.USER,
                ServedRoot.KEY)) {
      Upload upload = holder.offer(source, 0);

      assertThatThrownBy(() -> other.offer(source, 0)).hasMessageStartingWith("22 (class 1)");

      holder.abort(upload, true);
      other.abort(other.offer(source, 0), true);
    }
  }

  @Test
  void commitWhoseAnswerWasLostIsAnsweredAgain() throws Exception {
    IndependentSource source = ServedRoot.source("big.bin", 2 * MIB);
    try (IndependentClient client = served.login()) {
      client.upload(source, 0);
    }

    try (IndependentClient again = served.login()) {
      Upload upload = again.offer(source, IndependentClient.REPEAT);
      assertThat(upload.basis()).isEqualTo(1);
      assertThat(upload.missing()).isEmpty();
      assertThat(again.commit(upload).number(53)).isEqualTo(1);
    }
  }

  @Test
  void commitSaidTwiceInOneSessionIsAnsweredTwice() throws Exception {
    IndependentSource source = ServedRoot.source("small.bin", 10);
    try (IndependentClient client = served.login()) {
      Upload upload = client.offer(source, 0);
      client.send(upload, 0, client.first());

      byte[] committed = client.commit(upload).payload;
      assertThat(client.commit(upload).payload).isEqualTo(committed);
    }
  }

  @Test
  void equalFileIsLeftAloneUnreadAtALowLevel() throws Exception {
    IndependentSource source = ServedRoot.source("same.bin", MIB + 1);
    try (IndependentClient client = served.login()) {
      client.upload(source, 0);

      long id = client.nextId();
      Fields offer = new Fields().text(32, source.path()).number(33, source.size());
      offer.number(36, MIB).number(41, 0).number(42, 2).text(37, "sha-256-tree");
      client.first().send(0x10, id, offer.moment(34, source.modified()));

      assertThat(client.first().receive(0x11, id).number(48)).isEqualTo(2);
    }
  }

  @Test
  void downloadsAndIsSentOnlyWhatItLacks() throws Exception {
    IndependentSource source = ServedRoot.source("big.bin", 3 * MIB + 5);
    Files.write(served.root.resolve("big.bin"), source.bytes().array());

    try (IndependentClient client = served.login()) {
      assertThat(client.download("big.bin", Map.of())).isEqualTo(source.bytes().array());
      assertThat(client.chunksReceived).hasValue(4);

      Map<Integer, byte[]> there = Map.of(0, source.chunk(0), 2, source.chunk(2));
      assertThat(client.download("big.bin", there)).isEqualTo(source.bytes().array());
      assertThat(client.chunksReceived).hasValue(4 + 2);
    }
  }

  @Test
  void sendsChunksOverASecondStream() throws Exception {
    IndependentSource source = ServedRoot.source("big.bin", 5 * MIB);
    try (IndependentClient client = served.login()) {
      List<String> tickets = client.tickets(1);
      assertThat(tickets).singleElement().asString().matches("[A-Za-z0-9_-]{43}");
      IndependentStream second = client.join(served.connect(), tickets.get(0));
      assertThat(second.number).isPositive();

      client.upload(source, 0);
    }

    assertThat(served.served("big.bin")).isEqualTo(source.bytes().array());
  }

  @Test
  void uploadGoesOnWhenItsSecondStreamEnds() throws Exception {
    IndependentSource source = ServedRoot.source("big.bin", 3 * MIB);
    try (IndependentClient client = served.login()) {
      IndependentStream second = client.join(served.connect(), client.tickets(1).get(0));
      Upload upload = client.offer(source, 0);
      client.send(upload, 0, second);
      second.close();
      client.send(upload, 1, client.first());
      client.send(upload, 2, client.first());

      client.commit(upload);
    }

    assertThat(served.served("big.bin")).isEqualTo(source.bytes().array());
  }

  @Test
  void downloadsOverTwoStreams() throws Exception {
    IndependentSource source = ServedRoot.source("big.bin", 24 * MIB);
    Files.write(served.root.resolve("big.bin"), source.bytes().array());

    try (IndependentClient client = served.login()) {
      client.join(served.connect(), client.tickets(1).get(0));

      assertThat(client.download("big.bin", Map.of())).isEqualTo(source.bytes().array());
    }
  }

  @Test
  void smallFilesGoInOneFrameAndComeInOne() throws Exception {
    List<IndependentSource> files =
        List.of(
            ServedRoot.source("tree/a", 10),
            ServedRoot.source("tree/deep/b", 0),
            ServedRoot.source("tree/c", 70_000));
    try (IndependentClient client = served.login()) {
      assertThat(client.query(files, 2)).containsExactly(true, true, true);
      assertThat(client.batch(files)).containsExactly(0, 0, 0);
      assertThat(client.query(files, 2)).containsExactly(false, false, false);
      assertThat(client.query(files, 3)).containsExactly(true, true, true);
      assertThat(client.batch(files)).containsExactly(1, 1, 1);

      List<IndependentClient.Entry> fetched = client.fetch("tree/c", "tree/none", "tree/deep/b");

      assertThat(fetched).extracting(entry -> entry.status()).containsExactly(0L, 16L, 0L);
      assertThat(fetched.get(0).content().array()).isEqualTo(files.get(2).bytes().array());
      assertThat(fetched.get(2).content().array()).isEmpty();
    }
    assertThat(Files.getLastModifiedTime(served.root.resolve("tree/deep/b")))
        .isEqualTo(FileTime.from(ServedRoot.MODIFIED));
  }

  @Test
  void fileWithAWrongRootIsRefusedAndTheOthersOfItsBatchAreNot() throws Exception {
    IndependentSource good = ServedRoot.source("good", 10);
    try (IndependentClient client = served.login()) {
      byte[] statuses =
          client.batch(
              List.of(good, ServedRoot.source("spoilt", 11)), body -> body[body.length - 1] ^= 1);

      assertThat(statuses).containsExactly(0, 25);
    }
    assertThat(served.names()).containsExactly("good");
  }

  @Test
  void treeIsListedPageByPage() throws Exception {
    Files.createDirectories(served.root.resolve("tree/sub"));
    for (int i = 0; i < 2_000; i++) {
      Files.writeString(served.root.resolve("tree/sub/file " + i), "x");
    }

    try (IndependentClient client = served.login()) {
      List<IndependentClient.Entry> entries = client.list("tree");

      assertThat(entries).hasSize(2_001);
      assertThat(entries.get(0).path()).isEqualTo("sub");
      assertThat(entries.get(0).kind()).isEqualTo(1);
      assertThat(entries)
          .anySatisfy(
              entry -> {
                assertThat(entry.path()).isEqualTo("sub/file 1999");
                assertThat(entry.size()).isEqualTo(1);
              });
      assertThat(client.pagesReceived).isGreaterThan(1);
      assertThat(client.list("")).hasSize(2_002);
    }
  }

  @Test
  void filesAreLookedAtRenamedAndDeleted() throws Exception {
    Files.writeString(served.root.resolve("a"), "four");
    try (IndependentClient client = served.login()) {
      IndependentFrame stat = client.ask(0x21, 0, new Fields().text(32, "a"), 0x22);
      assertThat(IndependentClient.entries(stat).get(0).size()).isEqualTo(4);

      client.ask(0x25, 0, new Fields().text(32, "new/deep"), 0x26);
      client.ask(0x23, 0, new Fields().text(32, "a").text(38, "new/deep/b"), 0x26);
      assertThat(served.names()).containsExactly("new", "new/deep", "new/deep/b");
      assertThatThrownBy(() -> client.ask(0x24, 0x10, new Fields().text(32, "new/deep"), 0x26))
          .hasMessageStartingWith("26 (class 2)");

      client.ask(0x24, 0, new Fields().text(32, "new/deep/b"), 0x26);
      client.ask(0x24, 0x10, new Fields().text(32, "new/deep"), 0x26);
      assertThat(served.names()).containsExactly("new");
    }
  }

  @Test
  void wrongKeyAndUnknownUserAreRefusedInTheSameWords() throws Exception {
    assertThatThrownBy(() -> new IndependentClient(served.connect(), served.instance, "mover", "x"))
        .hasMessageStartingWith("5 (class 4)")
        .satisfies(
            wrong ->
                assertThatThrownBy(
                        () ->
                            new IndependentClient(served.connect(), served.instance, "nobody", "x"))
                    .hasMessage(wrong.getMessage()));
  }

  @Test
  void userSaltStaysTheSameForAnUnknownUser() throws Exception {
    assertThat(saltFor("nobody")).isEqualTo(saltFor("nobody")).isNotEqualTo(saltFor("somebody"));
  }

  private String saltFor(String user) throws Exception {
    try (IndependentStream stream = new IndependentStream(served.connect())) {
      stream.hello(served.instance, "sha-256-tree");
      String first = "n,,n=" + user + ",r=" + new String(ServedRoot.printable(24), UTF_8);
      stream.send(0x02, 0, new Fields().text(8, "SCRAM-SHA-256").text(9, first));
      return stream.receive(0x02, 0).text(9).split(",", 3)[1];
    }
  }
}
