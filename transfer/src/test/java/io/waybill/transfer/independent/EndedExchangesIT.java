package io.waybill.transfer.independent;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.testkit.Leaks;
import io.waybill.transfer.independent.IndependentClient.Upload;
import io.waybill.transfer.independent.IndependentFrame.Fields;
import io.waybill.transfer.tcp.server.Permission;
import io.waybill.transfer.tcp.server.ServerUser;
import io.waybill.transfer.tcp.server.TransferServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * An exchange that is given up costs its session nothing, and one that is asked for twice little.
 */
class EndedExchangesIT {
  private static final int MIB = 1 << 20;
  private static final int ERROR = 0x03;
  private static final int OFFER = 0x10;
  private static final int HAVE = 0x11;
  private static final int CHUNK = 0x12;
  private static final int COMMIT = 0x14;
  private static final int COMMITTED = 0x15;
  private static final int ABORT = 0x16;
  private static final int OPEN = 0x18;
  private static final int PULL = 0x19;
  private static final int LIST = 0x20;
  private static final int STAT = 0x21;
  private static final int ENTRIES = 0x22;
  private static final int DONE = 0x26;
  private static final int BATCH = 0x30;
  private static final int FETCH = 0x34;
  private static final int DELTA = 0x40;

  @TempDir Path directory;

  @RegisterExtension final Leaks leaks = new Leaks();

  private ServedRoot served;

  @BeforeEach
  void start() throws Exception {
    served = new ServedRoot(directory);
  }

  @AfterEach
  void stop() {
    served.close();
  }

  /** Asks for a file, and takes nothing of it. */
  private static long download(IndependentClient client, String path) throws IOException {
    long id = client.nextId();
    Fields open = new Fields().text(32, path).number(41, 1).number(42, 3);
    client.first().send(OPEN, id, open.text(37, "sha-256-tree"));
    client.first().receive(OFFER, id);
    client.first().send(HAVE, id, new Fields().number(48, 0));
    return id;
  }

  /** Reads what is still on the way of an exchange until its DONE. */
  private static List<Integer> untilDone(IndependentClient client, long id) throws IOException {
    List<Integer> before = new ArrayList<>();
    IndependentFrame frame = client.first().receive();
    for (; frame.type != DONE; frame = client.first().receive()) {
      assertThat(frame.id).isEqualTo(id);
      before.add(frame.type);
    }
    return before;
  }

  private static void assertGoesOn(IndependentClient client, String path) throws IOException {
    assertThat(client.ask(STAT, 0, new Fields().text(32, path), ENTRIES).all(40)).hasSize(1);
  }

  @Test
  void aDownloadThatWaitsForCreditIsGivenUpAtOnce() throws Exception {
    Files.write(served.root.resolve("big"), ServedRoot.random(24 * MIB));
    try (IndependentClient client = served.login()) {
      for (int i = 0; i < 3; i++) {
        long id = download(client, "big");
        if (i == 0) {
          for (int chunk = 0; chunk < 8; chunk++) {
            client.first().receive(CHUNK, id); // all that the credit covers
          }
        }
        client.first().socket.setSoTimeout(5_000);
        client.first().send(ABORT, 0, id, new byte[0]);
        assertThat(untilDone(client, id)).allMatch(type -> type == CHUNK);
        assertGoesOn(client, "big");
      }
    }
  }

  @Test
  void listingsFetchesAndOffersAreGivenUpAtAnyTime() throws Exception {
    for (int i = 0; i < 3000; i++) {
      Files.createFile(served.root.resolve("a-file-with-a-long-name-to-fill-pages-" + i));
    }
    Files.write(served.root.resolve("small"), new byte[1000]);
    try (IndependentClient client = served.login()) {
      client.first().socket.setSoTimeout(5_000);
      long list = client.nextId();
      client.first().send(LIST, 0x10, list, new Fields().text(32, "").number(54, 1).payload());
      client.first().receive(ENTRIES, list);
      client.first().send(ABORT, 0, list, new byte[0]);
      untilDone(client, list);

      long fetch = client.nextId();
      client.first().send(FETCH, fetch, new Fields().text(32, "small").text(37, "sha-256-tree"));
      client.first().receive(BATCH, fetch);
      client.first().send(ABORT, 0, fetch, new byte[0]);
      untilDone(client, fetch);

      long offer = client.nextId();
      client.first().send(OFFER, offer, HostilePeer.offer("new", 7));
      client.first().send(ABORT, 0x10, offer, new byte[0]);
      assertThat(untilDone(client, offer)).allMatch(type -> type == HAVE);
      assertGoesOn(client, "small");
    }
  }

  @Test
  void anErrorEndsItsExchangeAndNothingElse() throws Exception {
    Files.write(served.root.resolve("big"), ServedRoot.random(2 * MIB));
    try (IndependentClient client = served.login()) {
      long id = download(client, "big");
      client.first().receive(CHUNK, id);
      Fields error = new Fields().number(16, 21).number(17, 2).text(19, "no room here");
      client.first().send(ERROR, id, error);
      client.first().send(STAT, client.nextId(), new Fields().text(32, "big"));
      IndependentFrame frame = client.first().receive();
      while (frame.id == id) {
        frame = client.first().receive();
      }
      assertThat(frame.type).isEqualTo(ENTRIES);
    }
  }

  @Test
  void commitSaidTwiceAtOnceIsAnsweredWell() throws Exception {
    IndependentSource source = ServedRoot.source("x", 3 * MIB);
    try (IndependentClient client = served.login()) {
      Upload upload = client.offer(source, 0);
      for (int index : upload.missing()) {
        client.send(upload, index, client.first());
      }
      Fields digest = new Fields().text(37, source.digest());
      for (int i = 0; i < 5; i++) {
        client.first().send(COMMIT, upload.id(), digest);
      }
      client.first().receive(COMMITTED, upload.id());
      client.first().send(STAT, client.nextId(), new Fields().text(32, "x"));
      IndependentFrame frame = client.first().receive();
      while (frame.type == COMMITTED) {
        frame = client.first().receive();
      }
      assertThat(frame.type).isEqualTo(ENTRIES);
    }
    assertThat(served.served("x")).isEqualTo(source.bytes().array());
  }

  @Test
  void aThousandPullsTakeNoThousandThreads() throws Exception {
    Files.write(served.root.resolve("big"), ServedRoot.random(24 * MIB));
    try (IndependentClient client = served.login()) {
      long id = download(client, "big");
      client.first().receive(CHUNK, id);
      int before = Thread.activeCount();
      for (int i = 0; i < 1000; i++) {
        client.first().send(PULL, id, new Fields());
      }
      client.first().send(STAT, client.nextId(), new Fields().text(32, "big"));
      IndependentFrame frame = client.first().receive();
      while (frame.type == CHUNK) {
        frame = client.first().receive();
      }
      assertThat(frame.type).isEqualTo(ENTRIES);
      assertThat(Thread.activeCount()).isLessThan(before + 20);
    }
  }

  @Test
  void haveSaidTwiceIsAViolation() throws Exception {
    Files.write(served.root.resolve("big"), ServedRoot.random(MIB));
    try (IndependentClient client = served.login()) {
      long id = client.nextId();
      Fields open = new Fields().text(32, "big").number(41, 1).number(42, 3);
      client.first().send(OPEN, id, open.text(37, "sha-256-tree"));
      client.first().receive(OFFER, id);
      client.first().send(HAVE, id, new Fields().number(48, 0));
      client.first().send(HAVE, id, new Fields().number(48, 0));
      assertThat(HostilePeer.end(client.first())).isEqualTo(HostilePeer.PROTOCOL_VIOLATION);
    }
  }

  @Test
  void whoMayNotReadIsToldNoDigests() throws Exception {
    ServerUser writer =
        ServerUser.builder("writer").permissions(EnumSet.of(Permission.WRITE)).build();
    try (TransferServer server =
        TransferServer.builder(served.root)
            .plaintext()
            .user(writer, () -> ServedRoot.KEY)
            .build()
            .start()) {
      IndependentSource source = ServedRoot.source("x", 3 * MIB);
      Path target = served.root.resolve("x");
      Files.write(target, source.bytes().array());
      Files.setLastModifiedTime(target, FileTime.from(source.modified()));
      try (IndependentClient client =
          new IndependentClient(
              IndependentStream.plain(server.port()),
              IndependentClient.newInstance(),
              "writer",
              ServedRoot.KEY,
              "delta")) {
        Upload upload = client.offer(source, DELTA); // fails if BASE comes
        assertThat(upload.basis()).isZero();
        assertThat(upload.missing()).hasSize(3);
        client.abort(upload, true);
      }
    }
  }
}
