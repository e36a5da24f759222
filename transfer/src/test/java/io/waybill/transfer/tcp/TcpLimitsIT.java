package io.waybill.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.transfer.Credentials;
import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TreeOptions;
import io.waybill.transfer.TreeReceipt;
import io.waybill.transfer.chunk.ChunkLayout;
import io.waybill.transfer.chunk.ChunkLeaves;
import io.waybill.transfer.chunk.TreeHash;
import io.waybill.transfer.file.PartName;
import io.waybill.transfer.tcp.login.Instance;
import io.waybill.transfer.tcp.server.Permission;
import io.waybill.transfer.tcp.server.ServerUser;
import io.waybill.transfer.tcp.server.TransferServer;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.FieldsBuilder;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32C;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a user may do once it is in, and how much. */
class TcpLimitsIT {
  private static final String KEY = "key-of-mover";
  private static final ServerUser ALL = ServerUser.builder("mover").build();

  @TempDir Path directory;
  private Path root;

  @BeforeEach
  void makeRoot() throws IOException {
    root = Files.createDirectories(directory.resolve("served"));
  }

  private TransferServer start(ServerUser... users) {
    TransferServer.Builder server = TransferServer.builder(root).plaintext();
    for (ServerUser each : users) {
      server.user(each, () -> KEY);
    }
    return server.build().start();
  }

  private static TcpTransfer connect(TransferServer server, String user) {
    return TcpTransfer.connect(
        WaybillServer.builder("127.0.0.1", server.port())
            .credentials(new Credentials(user, () -> KEY))
            .plaintext()
            .backoff(TcpFixture.quick(1))
            .build());
  }

  private Path file(String name, int size) throws IOException {
    return Files.write(directory.resolve(name), new byte[size]);
  }

  private interface Call {
    void run() throws Exception;
  }

  @ParameterizedTest
  @EnumSource(Permission.class)
  void whatIsNotPermittedIsRefusedWithTheNameOfWhatIsMissing(Permission only) throws Exception {
    Files.writeString(root.resolve("there"), "x");
    Files.writeString(root.resolve("old"), "x");
    ServerUser user = ALL.toBuilder().permissions(EnumSet.of(only)).build();
    Path source = file("a", 70_000);
    try (TransferServer server = start(user);
        TcpTransfer transfer = connect(server, "mover")) {
      assertNeeds(Permission.READ, only, () -> transfer.download("there", directory.resolve("b")));
      assertNeeds(Permission.LIST, only, () -> transfer.list("", true));
      assertNeeds(Permission.LIST, only, () -> transfer.stat("there"));
      assertNeeds(Permission.WRITE, only, () -> transfer.upload(source, "new"));
      assertNeeds(Permission.WRITE, only, () -> transfer.mkdir("made"));
      assertNeeds(Permission.DELETE, only, () -> transfer.rename("old", "renamed"));
      assertNeeds(Permission.DELETE, only, () -> transfer.delete("renamed"));
    }
    assertThat(Files.exists(root.resolve("new"))).isEqualTo(only == Permission.WRITE);
    assertThat(Files.exists(root.resolve("made"))).isEqualTo(only == Permission.WRITE);
    assertThat(Files.exists(root.resolve("old"))).isEqualTo(only != Permission.DELETE);
    assertThat(root.resolve("there")).exists();
  }

  private static void assertNeeds(Permission needed, Permission only, Call call) throws Exception {
    if (needed == only) {
      call.run();
      return;
    }
    assertThatExceptionOfType(TransferException.Refused.class)
        .isThrownBy(call::run)
        .withMessageContaining("user mover lacks the permission '" + needed.label() + "'")
        .matches(e -> e.code() == ErrorCode.ACCESS_DENIED.wire());
  }

  @Test
  void aRefusedBatchGivesItsCreditBackAndTheSessionGoesOn() throws IOException {
    ServerUser reader = ALL.toBuilder().permissions(EnumSet.of(Permission.READ)).build();
    try (TransferServer server = start(reader);
        RawClient client = RawClient.connect(server.port())) {
      client.logIn("mover", KEY);
      for (int id = 1; id <= 40; id++) { // more than the first credit is good for
        byte[] body = new byte[100];
        CRC32C crc = new CRC32C();
        crc.update(body);
        Wire.Bulk bulk =
            new Wire.Bulk(ByteBuffer.allocate(16), ByteBuffer.wrap(body), (int) crc.getValue());
        client.wire.sendBulk(FrameType.BATCH, 0, id, bulk, 256 << 10);
        Frame ack = client.next();
        assertThat(ack.type()).isEqualTo(FrameType.BATCH_ACK);
        assertThat(ack.fields().number(Tag.STATUS)).isEqualTo(2);
        client.wire.giveCredit(ack.fields().number(Tag.CREDIT));
        assertRefused(client, ErrorCode.ACCESS_DENIED, "'write'");
      }
      client.wire.send(FrameType.ABORT, 40, new FieldsBuilder());
      assertThat(client.next().type()).isEqualTo(FrameType.DONE);
    }
  }

  private static WireException assertRefused(RawClient client, ErrorCode code, String words) {
    WireException[] refused = new WireException[1];
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(client::next)
        .withMessageContaining(words)
        .satisfies(e -> assertThat(e.code()).isEqualTo(code))
        .satisfies(e -> refused[0] = e);
    return refused[0];
  }

  @Test
  void aQuotaCountsWhatIsThereAndWhatGoes() throws IOException {
    Files.write(root.resolve("before"), new byte[600_000]);
    ServerUser user = ALL.toBuilder().quotaBytes(1_000_000).build();
    try (TransferServer server = start(user);
        TcpTransfer transfer = connect(server, "mover")) {
      transfer.upload(file("a", 300_000), "a");
      Path more = file("b", 200_000);
      assertThatExceptionOfType(TransferException.Refused.class)
          .isThrownBy(() -> transfer.upload(more, "b"))
          .withMessageContaining("900000 of 1000000 bytes are used")
          .withMessageContaining("this needs 200000")
          .matches(e -> e.code() == ErrorCode.QUOTA_EXCEEDED.wire() && !e.isTransient());
      transfer.upload(file("a", 50_000), "a"); // in the place of 300,000
      transfer.upload(more, "b");
      assertThatExceptionOfType(TransferException.Refused.class)
          .isThrownBy(() -> transfer.upload(file("c", 150_001), "c"))
          .withMessageContaining("850000 of 1000000");
      transfer.delete("before");
      transfer.upload(file("c", 750_000), "c");
      assertThatExceptionOfType(TransferException.Refused.class)
          .isThrownBy(() -> transfer.upload(file("d", 1), "d"))
          .withMessageContaining("1000000 of 1000000");
      transfer.upload(file("empty", 0), "empty");
    }
  }

  @Test
  void aBatchOfSmallFilesCountsAgainstTheQuotaToo() throws IOException {
    Path tree = Files.createDirectories(directory.resolve("tree"));
    for (int i = 0; i < 10; i++) {
      Files.write(tree.resolve("f" + i), new byte[10_000]);
    }
    ServerUser user = ALL.toBuilder().quotaBytes(210_000).build();
    try (TransferServer server = start(user);
        TcpTransfer transfer = connect(server, "mover")) {
      assertThat(transfer.uploadTree(tree, "one", TreeOptions.defaults()).isComplete()).isTrue();
      assertThat(transfer.uploadTree(tree, "two", TreeOptions.defaults()).isComplete()).isTrue();
      assertThatExceptionOfType(TransferException.Refused.class)
          .isThrownBy(() -> transfer.upload(file("a", 10_001), "a"))
          .withMessageContaining("200000 of 210000");
      TreeReceipt third = transfer.uploadTree(tree, "three", TreeOptions.defaults());
      assertThat(third.filesCopied()).as("what fits").isEqualTo(1);
      assertThat(third.filesFailed()).isEqualTo(9);
      assertThat(third.failures().get(0).cause())
          .isInstanceOfSatisfying(
              TransferException.Refused.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.QUOTA_EXCEEDED.wire()))
          .hasMessageContaining("210000 of 210000")
          .hasMessageContaining("this needs 10000");
    }
  }

  private static void offer(RawClient client, long id, String path, long size) throws IOException {
    client.wire.send(
        FrameType.OFFER,
        id,
        new FieldsBuilder()
            .text(Tag.PATH, path)
            .number(Tag.SIZE, size)
            .number(Tag.CHUNK_SIZE, 1 << 20)
            .text(Tag.FILE_KEY, "key")
            .number(Tag.POLICY, 1)
            .number(Tag.LEVEL, 3)
            .text(Tag.DIGEST, "sha-256-tree"));
  }

  @Test
  void anUploadUnderWayIsReservedAndAnUnfinishedFileCountsOnce() throws IOException {
    ServerUser small = ALL.toBuilder().quotaBytes(3_500_000).build();
    ServerUser large = ServerUser.builder("other").quotaBytes(9_000_000).build();
    try (TransferServer server = start(small, large);
        RawClient client = RawClient.connect(server.port());
        RawClient other = RawClient.connect(server.port())) {
      client.logIn("mover", KEY);
      other.logIn("other", KEY);
      offer(client, 1, "big", 3_000_000);
      assertThat(client.next().type()).isEqualTo(FrameType.HAVE);
      offer(client, 2, "next", 600_000);
      assertRefused(
          client,
          ErrorCode.QUOTA_EXCEEDED,
          "0 of 3500000 bytes are used and 3000000 more are reserved");
      offer(other, 1, "others", 600_000); // one count, and everybody's own limit
      assertThat(other.next().type()).isEqualTo(FrameType.HAVE);
      abort(other, 1, FrameType.DISCARD);

      abort(client, 1, 0); // the unfinished file stays, and counts with its journal
      offer(client, 3, "next", 600_000);
      assertRefused(client, ErrorCode.QUOTA_EXCEEDED, "0 more are reserved");
      offer(client, 4, "big", 3_000_000); // going on with it needs nothing more
      assertThat(client.next().type()).isEqualTo(FrameType.HAVE);
      abort(client, 4, FrameType.DISCARD);
      offer(client, 5, "next", 3_500_000);
      assertThat(client.next().type()).isEqualTo(FrameType.HAVE);
      offer(client, 6, "more", 1);
      assertRefused(client, ErrorCode.QUOTA_EXCEEDED, "0 of 3500000 bytes are used and 3500000");
    }
  }

  private static void abort(RawClient client, long id, int flags) throws IOException {
    client.wire.send(FrameType.ABORT, flags, id, new FieldsBuilder());
    assertThat(client.next().type()).isEqualTo(FrameType.DONE);
  }

  @Test
  void drainingLetsExchangesOfASessionFinishOnAllItsStreamsAndRefusesOthers() throws Exception {
    Instance instance = Instance.random();
    TransferServer server = start(ALL);
    try (RawClient home = RawClient.connect(server.port(), new byte[0], instance);
        RawClient second = RawClient.connect(server.port(), new byte[0], instance)) {
      home.logIn("mover", KEY);
      second.join(home.ticket(1));
      offer(second, 2, "a", 0);
      assertThat(second.next().type()).isEqualTo(FrameType.HAVE);
      CompletableFuture<Boolean> drained =
          CompletableFuture.supplyAsync(() -> server.drain(Duration.ofSeconds(30)));
      Awaitility.await().until(() -> !isListening(server));
      offer(home, 3, "b", 0);
      WireException refused = assertRefused(home, ErrorCode.UNAVAILABLE, "shutting down");
      assertThat(refused.retryAfter()).isPositive();
      second.wire.send(FrameType.MKDIR, 4, new FieldsBuilder().text(Tag.PATH, "made"));
      assertRefused(second, ErrorCode.UNAVAILABLE, "shutting down");
      assertThat(drained).isNotDone();
      second.wire.send(FrameType.COMMIT, 2, new FieldsBuilder().text(Tag.DIGEST, emptyTree()));
      assertThat(second.next().type()).isEqualTo(FrameType.COMMITTED);
      assertThat(drained.get()).isTrue();
      assertThat(root.resolve("a")).isEmptyFile();
      assertThat(root.resolve("b")).doesNotExist();
      assertThat(root.resolve("made")).doesNotExist();
    } finally {
      server.close();
    }
  }

  private static String emptyTree() {
    return TreeHash.root(ChunkLayout.of(0), new ChunkLeaves(0)).toString();
  }

  private static boolean isListening(TransferServer server) {
    try {
      return server.port() > 0;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  @Test
  void aServerDeletesWhatNobodyCameBackFor() throws IOException {
    Path nested = Files.createDirectories(root.resolve("in"));
    Path old = unfinished(nested, "old", Duration.ofDays(8));
    Path fresh = unfinished(nested, "fresh", Duration.ofDays(6));
    Path other = Files.writeString(nested.resolve("old.wbpart.txt"), "x");
    Files.setLastModifiedTime(other, FileTime.from(Instant.EPOCH));
    try (TransferServer server = start(ALL)) {
      Awaitility.await().until(() -> !Files.exists(old));
      assertThat(server.port()).isPositive();
    }
    assertThat(fresh).exists();
    assertThat(other).exists();
    try (TransferServer server =
        TransferServer.builder(root)
            .plaintext()
            .user(ALL, () -> KEY)
            .keepUnfinished(Duration.ofDays(5))
            .build()
            .start()) {
      Awaitility.await().until(() -> !Files.exists(fresh));
      assertThat(server.port()).isPositive();
    }
  }

  @Test
  void aDownloadSweepsWhereItWrites() throws IOException {
    Files.createDirectories(root.resolve("tree/in"));
    Files.writeString(root.resolve("tree/in/a"), "a");
    Path tree = directory.resolve("here");
    Path here = Files.createDirectories(tree.resolve("in"));
    try (TransferServer server = start(ALL);
        TcpTransfer transfer = connect(server, "mover")) {
      Path fresh = unfinished(here, "fresh", Duration.ofDays(6));
      Path ofFile = unfinished(here, "old", Duration.ofDays(8));
      transfer.download("tree/in/a", here.resolve("b"));
      assertThat(ofFile).doesNotExist();
      Path ofTree = unfinished(here, "old", Duration.ofDays(8));
      Path ofRoot = unfinished(tree, "old", Duration.ofDays(8));
      Path elsewhere =
          unfinished(Files.createDirectory(directory.resolve("x")), "old", Duration.ofDays(8));
      transfer.downloadTree("tree", tree, TreeOptions.defaults());
      assertThat(ofTree).doesNotExist();
      assertThat(ofRoot).doesNotExist();
      assertThat(fresh).exists();
      assertThat(elsewhere).exists();
    }
  }

  private static Path unfinished(Path where, String name, Duration age) throws IOException {
    SourceIdentity source = new SourceIdentity(5, Optional.empty(), Optional.empty());
    Path part = where.resolve(PartName.of(name, source, "somewhere").part());
    Files.writeString(part, "12345");
    return Files.setLastModifiedTime(part, FileTime.from(Instant.now().minus(age)));
  }

  @Test
  void whoMayNotLookCanStillRenameOverAUsedConnection() throws IOException {
    ServerUser user =
        ALL.toBuilder().permissions(EnumSet.of(Permission.WRITE, Permission.DELETE)).build();
    try (TransferServer server = start(user);
        TcpTransfer transfer = connect(server, "mover")) {
      transfer.upload(file("a", 10), "a");
      transfer.rename("a", "b");
    }
    assertThat(root.resolve("b")).exists();
  }
}
