package io.waybill.transfer.independent;

import static io.waybill.transfer.independent.HostilePeer.DAMAGED_FRAME;
import static io.waybill.transfer.independent.HostilePeer.DIGEST_MISMATCH;
import static io.waybill.transfer.independent.HostilePeer.LIMIT_EXCEEDED;
import static io.waybill.transfer.independent.HostilePeer.MIB;
import static io.waybill.transfer.independent.HostilePeer.PROTOCOL_VIOLATION;
import static io.waybill.transfer.independent.HostilePeer.UNSUPPORTED;
import static io.waybill.transfer.independent.HostilePeer.changed;
import static io.waybill.transfer.independent.HostilePeer.chunk;
import static io.waybill.transfer.independent.HostilePeer.endOfSession;
import static io.waybill.transfer.independent.HostilePeer.frame;
import static io.waybill.transfer.independent.HostilePeer.offer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.testkit.Leaks;
import io.waybill.transfer.independent.IndependentClient.Upload;
import io.waybill.transfer.independent.IndependentFrame.Fields;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Offers, chunks and commits that lie, come too early, or come again. */
class HostileExchangeIT {
  private static final int CRITICAL = IndependentFrame.CRITICAL;
  private static final int OFFER = 0x10;
  private static final int ZERO = 0x10;
  private static final int COMPRESSED = 0x20;
  private static final int LOCAL = 0x40;
  private static final byte[] NOTHING = {};

  @TempDir Path directory;

  @RegisterExtension final Leaks leaks = Leaks.watching(() -> directory);

  private ServedRoot served;

  @BeforeEach
  void start() throws Exception {
    served = new ServedRoot(directory);
  }

  @AfterEach
  void servesAGoodClientAfterAll() throws Exception {
    try (ServedRoot last = served) {
      HostilePeer.assertServesAGoodClient(last);
    }
  }

  /** What an unfinished upload has left is taken over by a good client and thrown away. */
  private void discard(IndependentSource source) throws Exception {
    try (IndependentClient client = served.login()) {
      client.abort(client.offer(source, 0), true);
    }
    assertThat(served.names()).noneMatch(name -> name.contains(".wb"));
  }

  private static byte[] fields(int type, long id, Fields fields) {
    return frame(type, CRITICAL, 0, id, fields.payload());
  }

  @Test
  void offersThatCannotBeAreRefused() throws Exception {
    List<Fields> impossible =
        List.of(
            offer("x", -1),
            offer("x", (1L << 44) + 1),
            offer("x", Long.MAX_VALUE),
            new Fields()
                .text(32, "x")
                .number(33, 7)
                .number(36, 512)
                .number(41, 0)
                .number(42, 3)
                .text(37, "sha-256-tree"),
            new Fields()
                .text(32, "x")
                .number(33, 7)
                .number(36, MIB)
                .number(41, 5)
                .number(42, 3)
                .text(37, "sha-256-tree"),
            new Fields()
                .text(32, "x")
                .number(33, 7)
                .number(36, MIB)
                .number(41, 0)
                .number(42, 5)
                .text(37, "sha-256-tree"),
            new Fields()
                .text(32, "x")
                .number(33, 7)
                .number(36, MIB)
                .number(41, 0)
                .number(42, 3)
                .text(37, "rot13"),
            new Fields()
                .text(32, "x")
                .number(33, 7)
                .number(36, MIB)
                .number(41, 0)
                .number(42, 3)
                .text(37, "md5"));
    for (int i = 0; i < impossible.size(); i++) {
      try (IndependentClient client = served.login()) {
        client.first().write(fields(OFFER, 1, impossible.get(i)));
        assertThat(HostilePeer.end(client.first(), "offer " + i))
            .isIn(PROTOCOL_VIOLATION, UNSUPPORTED, LIMIT_EXCEEDED);
      }
    }
    assertThat(served.names()).isEmpty();
  }

  @Test
  void hugeOfferCostsNothing() throws Exception {
    try (IndependentClient client = served.login()) {
      long before = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
      long id = client.nextId();
      client.first().write(fields(OFFER, id, offer("huge", 1L << 42)));
      try {
        client.first().receive(0x11, id);
        client.first().send(0x16, 0x10, id, NOTHING);
        client.first().receive(0x26, id);
      } catch (IndependentStream.Refused e) {
        assertThat(e.code).isEqualTo(21); // a file system that has no files of this size
      }
      long after = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
      assertThat(after - before).isLessThan(64 * MIB);
    }
  }

  @Test
  void chunkOfAnExchangeThatNeverWasIsWrittenNowhere() throws Exception {
    byte[] body = ServedRoot.random(7);
    try (IndependentClient client = served.login()) {
      client.first().write(chunk(99, 0, 0, 7, body));
      try {
        assertThat(client.first().receive(0x13, 99).number(53)).isEqualTo(2);
      } catch (IndependentStream.Refused e) {
        assertThat(e.code).isEqualTo(PROTOCOL_VIOLATION);
      }
    }
    assertThat(served.names()).isEmpty();
  }

  @Test
  void chunkThatIsSentWithItsOfferIsTakenOrRefusedWhole() throws Exception {
    IndependentSource source = ServedRoot.source("x", 7);
    try (IndependentClient client = served.login()) {
      client.first().write(fields(OFFER, 1, offer("x", 7)));
      client.first().write(chunk(1, 0, 0, 7, source.chunk(0)));
      client.first().write(fields(0x14, 1, new Fields().text(37, source.digest())));
      try {
        client.first().receive(0x11, 1);
        client.first().receive(0x13, 1);
        client.first().receive(0x15, 1);
        assertThat(served.served("x")).isEqualTo(source.chunk(0));
      } catch (IndependentStream.Refused e) {
        assertThat(e.code).isEqualTo(PROTOCOL_VIOLATION);
        discard(source);
      }
    }
  }

  @Test
  void commitBeforeTheChunksPublishesNothing() throws Exception {
    IndependentSource source = ServedRoot.source("x", 2 * MIB);
    try (IndependentClient client = served.login()) {
      Upload upload = client.offer(source, 0);
      client.send(upload, 1, client.first());
      assertThatThrownBy(() -> client.commit(upload))
          .isInstanceOfSatisfying(
              IndependentStream.Refused.class,
              e -> assertThat(e.code).isIn(PROTOCOL_VIOLATION, DIGEST_MISMATCH));
    }
    assertThat(served.root.resolve("x")).doesNotExist();
    discard(source);
  }

  @Test
  void commitOfAnotherDigestPublishesNothing() throws Exception {
    IndependentSource source = ServedRoot.source("x", MIB + 1);
    try (IndependentClient client = served.login()) {
      Upload upload = client.offer(source, 0);
      client.send(upload, 0, client.first());
      client.send(upload, 1, client.first());
      IndependentSource other = ServedRoot.source("x", MIB + 2);
      assertThatThrownBy(() -> client.commit(new Upload(upload.id(), other, 0, List.of())))
          .hasMessageStartingWith("25 (class 3)");
    }
    assertThat(served.root.resolve("x")).doesNotExist();
    discard(source);
  }

  @Test
  void commitSaidAgainChangesNothing() throws Exception {
    IndependentSource source = ServedRoot.source("x", 7);
    try (IndependentClient client = served.login()) {
      Upload upload = client.offer(source, 0);
      client.send(upload, 0, client.first());
      client.commit(upload);
      Object before = key("x");
      client.commit(upload);
      assertThat(key("x")).isEqualTo(before);

      Files.delete(served.root.resolve("x"));
      client.commit(upload); // what it answered before; but nothing comes back from the dead
      assertThat(served.root.resolve("x")).doesNotExist();
    }
    try (IndependentClient other = served.login()) {
      other.first().write(fields(0x14, 1, new Fields().text(37, source.digest())));
      assertThatThrownBy(() -> other.first().receive())
          .isInstanceOf(IndependentStream.Refused.class);
    }
    assertThat(served.root.resolve("x")).doesNotExist();
  }

  private Object key(String path) throws Exception {
    return Files.readAttributes(served.root.resolve(path), BasicFileAttributes.class).fileKey();
  }

  @Test
  void chunksThatDoNotFitTheLayoutEndTheSession() throws Exception {
    IndependentSource source = ServedRoot.source("x", MIB + 7);
    byte[] last = source.chunk(1);
    List<byte[]> lies =
        List.of(
            chunk(1, 0, 2, 7, last),
            chunk(1, 0, -1, 7, last),
            chunk(1, 0, Integer.MAX_VALUE, 7, last),
            chunk(1, 0, 1, 8, new byte[8]),
            chunk(1, 0, 1, 6, last),
            chunk(1, 0, 1, 7, new byte[6]),
            chunk(1, 0, 0, MIB, NOTHING),
            chunk(1, 0, 0, 7, last),
            chunk(1, ZERO, 1, 7, last),
            chunk(1, ZERO, 1, 8, NOTHING),
            chunk(1, ZERO | COMPRESSED, 1, 7, NOTHING),
            chunk(1, LOCAL, 1, 7, NOTHING),
            chunk(1, ZERO | LOCAL, 1, 7, NOTHING));
    for (int i = 0; i < lies.size(); i++) {
      try (IndependentClient client = served.login()) {
        assertThat(client.offer(source, 0).id()).isEqualTo(1);
        client.first().write(lies.get(i));
        assertThat(HostilePeer.end(client.first(), "lie " + i))
            .as("lie %d", i)
            .isEqualTo(PROTOCOL_VIOLATION);
      }
    }
    discard(source);
  }

  @Test
  void damagedBodyIsAskedForAgainAndADamagedFrameEndsTheSession() throws Exception {
    IndependentSource source = ServedRoot.source("x", 70_000);
    byte[] good = chunk(1, 0, 0, 70_000, source.chunk(0));
    try (IndependentClient client = served.login()) {
      Upload upload = client.offer(source, 0);
      for (int i = 0; i < 4; i++) {
        client.first().write(changed(good, bytes -> bytes.put(50_000, (byte) ~bytes.get(50_000))));
        IndependentFrame ack = client.first().receive(0x13, 1);
        assertThat(List.of(ack.number(52), ack.number(53))).containsExactly(0L, 1L);
        assertThat(ack.number(54)).isGreaterThanOrEqualTo(70_000);
      }
      client.send(upload, 0, client.first());
      client.commit(upload);
    }
    assertThat(served.served("x")).isEqualTo(source.chunk(0));

    for (int at : List.of(8, 17, good.length - 6, good.length - 1)) {
      assertThat(endOfSession(served, changed(good, bytes -> bytes.put(at, (byte) ~bytes.get(at)))))
          .as("byte %d", at)
          .isEqualTo(DAMAGED_FRAME);
    }
  }

  @Test
  void chunkSentTwiceWithOtherBytesNeverMixesIntoTheFile() throws Exception {
    IndependentSource source = ServedRoot.source("x", 7);
    try (IndependentClient client = served.login()) {
      Upload upload = client.offer(source, 0);
      client.send(upload, 0, client.first());
      client.first().write(chunk(1, 0, 0, 7, new byte[] {1, 2, 3, 4, 5, 6, 7}));
      try {
        client.first().receive(0x13, 1);
        client.commit(upload);
        assertThat(served.served("x")).isEqualTo(source.chunk(0));
      } catch (IndependentStream.Refused e) {
        assertThat(served.root.resolve("x")).doesNotExist();
        discard(source);
      }
    }
  }
}
