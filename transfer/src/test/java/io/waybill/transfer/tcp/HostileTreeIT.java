package io.waybill.transfer.tcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.transfer.FileEntry;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TreeOptions;
import io.waybill.transfer.TreeReceipt;
import io.waybill.transfer.Verification;
import io.waybill.transfer.chunk.ChunkContent;
import io.waybill.transfer.chunk.TreeHash;
import io.waybill.transfer.tcp.exchange.Batch;
import io.waybill.transfer.tcp.exchange.BatchAck;
import io.waybill.transfer.tcp.exchange.BatchBuilder;
import io.waybill.transfer.tcp.exchange.Entries;
import io.waybill.transfer.tcp.login.Hello;
import io.waybill.transfer.tcp.login.Instance;
import io.waybill.transfer.tcp.login.Login;
import io.waybill.transfer.tcp.login.Porter;
import io.waybill.transfer.tcp.login.ScramKey;
import io.waybill.transfer.tcp.wire.BufferBudget;
import io.waybill.transfer.tcp.wire.Connection;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ends that break the rules of small files and trees on purpose. */
class HostileTreeIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path directory;
  private TcpFixture fixture;

  @BeforeEach
  void start() throws IOException {
    fixture = new TcpFixture(directory);
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
    assertThat(fixture.partFiles()).isEmpty();
  }

  private static Batch.Item file(BatchBuilder builder, String path, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    ByteBuffer content = builder.room(bytes.length).put(bytes).flip();
    return new Batch.Item(
        path,
        false,
        0,
        Optional.of(Instant.parse("2026-01-02T03:04:05Z")),
        OptionalInt.empty(),
        Optional.of(TreeHash.rootOfSmall(content)),
        content);
  }

  private static BatchBuilder builder() {
    return new BatchBuilder(ByteBuffer.allocate(BatchBuilder.BUFFER_BYTES));
  }

  private ClientSession session() throws IOException {
    WaybillServer server = TcpFixture.settings(fixture.server.port()).build();
    return ClientSession.open(
        server, new Dialer(server, new Dialer.Shared(server)), new Operation());
  }

  private static Mailbox send(ClientSession session, Wire.Bulk bulk) throws IOException {
    Mailbox[] own = new Mailbox[1];
    own[0] =
        session.begin(
            new Mailbox.Bulk() {
              @Override
              public void take(Wire on, Frame frame) throws IOException {
                own[0].put(frame);
              }

              @Override
              public void failed(IOException why) {}

              @Override
              public void lost(Wire stream) {}
            });
    session
        .home()
        .sendBulk(
            FrameType.BATCH, 0, own[0].id(), bulk, BatchBuilder.cost(bulk.body().remaining()));
    return own[0];
  }

  @Test
  void pathTricksInABatchFailAloneAndTheOthersArePublished() throws IOException {
    List<String> tricks =
        List.of("../x", "/x", "a/../../x", "a//x", "C:x", "a\\x", "a/c:y", ".a.1.wbpart", "a/./x");
    BatchBuilder builder = builder();
    for (String trick : tricks) {
      builder.add(file(builder, trick, "evil"));
    }
    builder.add(file(builder, "good/x", "good"));
    try (ClientSession session = session()) {
      Wire.Bulk bulk = builder.finish(TargetPolicy.SKIP_EQUAL, Verification.SIZE);
      BatchAck ack =
          BatchAck.read(send(session, bulk).take(FrameType.BATCH_ACK, PATIENCE), tricks.size() + 1);
      assertThat(ack.statuses().subList(0, tricks.size()))
          .containsOnly(ErrorCode.PATH_REFUSED.wire());
      assertThat(ack.statuses().get(tricks.size())).isEqualTo(BatchAck.PUBLISHED);
      assertThat(ack.messages()).hasSize(8);
    }
    try (Stream<Path> all = Files.walk(directory)) {
      assertThat(all.filter(Files::isRegularFile)).containsExactly(fixture.root.resolve("good/x"));
    }
  }

  @Test
  void aWrongRootFailsThatFileAlone() throws IOException {
    BatchBuilder builder = builder();
    builder.add(file(builder, "good", "good"));
    Batch.Item lie = file(builder, "bad", "what was sent");
    lie.content().put(0, (byte) 'X');
    builder.add(lie);
    try (ClientSession session = session()) {
      Wire.Bulk bulk = builder.finish(TargetPolicy.SKIP_EQUAL, Verification.SIZE);
      BatchAck ack = BatchAck.read(send(session, bulk).take(FrameType.BATCH_ACK, PATIENCE), 2);
      assertThat(ack.statuses()).containsExactly(0, ErrorCode.DIGEST_MISMATCH.wire());
    }
    assertThat(fixture.root.resolve("good")).hasContent("good");
    assertThat(fixture.root.resolve("bad")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"count", "entry", "size", "directory"})
  void aBatchThatLiesEndsTheSessionAndWritesNothing(String about) throws IOException {
    BatchBuilder builder = builder();
    builder.add(file(builder, "a", "aaaa"));
    builder.add(file(builder, "b", "bbbb"));
    Wire.Bulk bulk = builder.finish(TargetPolicy.SKIP_EQUAL, Verification.SIZE);
    switch (about) {
      case "count" -> bulk.head().putShort(0, (short) 3);
      case "entry" -> bulk.body().putShort(0, (short) 0x7fff);
      case "size" -> bulk.body().putInt(4, Integer.MAX_VALUE);
      default -> bulk.head().putInt(4, Integer.MAX_VALUE);
    }
    ByteBuffer body = bulk.body();
    int crc = ChunkContent.crc32c(body);
    try (ClientSession session = session()) {
      Mailbox mailbox = send(session, new Wire.Bulk(bulk.head(), body, crc));
      assertThatExceptionOfType(WireException.class)
          .isThrownBy(() -> mailbox.take(FrameType.BATCH_ACK, PATIENCE))
          .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.PROTOCOL_VIOLATION));
    }
    try (Stream<Path> all = Files.list(fixture.root)) {
      assertThat(all).isEmpty();
    }
  }

  /** Answers one client after its login. */
  private interface Script {
    void answer(Wire wire, Frame asked) throws IOException;
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x", "/tmp/waybill-evil", "a/../../x", "..", "b\\\\c"})
  void aListingWithPathTricksWritesNothingOutside(String trick) throws IOException {
    Path back = directory.resolve("deep/back");
    Script script =
        (wire, asked) -> {
          if (asked.type() == FrameType.LIST) {
            Entries entries = new Entries(wire, asked.transfer(), () -> {});
            entries.add(entry(trick, FileEntry.Kind.DIRECTORY));
            entries.add(entry(trick, FileEntry.Kind.FILE));
            entries.add(entry("good", FileEntry.Kind.FILE));
            entries.end();
          } else if (asked.type() == FrameType.FETCH) {
            assertThat(asked.fields().texts(Tag.PATH)).containsExactly("good");
            answer(wire, asked, "good");
          }
        };
    try (ScriptedServer server = new ScriptedServer(script);
        TcpTransfer transfer = fixture.connect(server.port())) {
      TreeReceipt down = transfer.downloadTree("", back, TreeOptions.defaults());
      assertThat(down.filesCopied()).isEqualTo(1);
      assertThat(down.failures()).extracting(TreeReceipt.Failure::path).containsOnly(trick);
    }
    try (Stream<Path> all = Files.walk(directory)) {
      assertThat(all.filter(Files::isRegularFile)).containsExactly(back.resolve("good"));
    }
    assertThat(Path.of("/tmp/waybill-evil")).doesNotExist();
  }

  @Test
  void aFileThatWasNotAskedForIsRefused() throws IOException {
    Path back = directory.resolve("deep/back");
    Script script =
        (wire, asked) -> {
          if (asked.type() == FrameType.LIST) {
            Entries entries = new Entries(wire, asked.transfer(), () -> {});
            entries.add(entry("good", FileEntry.Kind.FILE));
            entries.end();
          } else if (asked.type() == FrameType.FETCH) {
            answer(wire, asked, "../evil");
          }
        };
    try (ScriptedServer server = new ScriptedServer(script);
        TcpTransfer transfer = fixture.connect(server.port())) {
      assertThatExceptionOfType(TransferException.Protocol.class)
          .isThrownBy(() -> transfer.downloadTree("", back, TreeOptions.defaults()));
    }
    try (Stream<Path> all = Files.walk(directory)) {
      assertThat(all.filter(Files::isRegularFile)).isEmpty();
    }
  }

  private static FileEntry entry(String path, FileEntry.Kind kind) {
    return new FileEntry(path, kind, kind == FileEntry.Kind.FILE ? 4 : -1, Optional.empty());
  }

  private static void answer(Wire wire, Frame asked, String path) throws IOException {
    BatchBuilder builder = builder();
    builder.add(file(builder, path, "good"));
    Wire.Bulk bulk = builder.finish(TargetPolicy.SKIP_EQUAL, Verification.NONE);
    wire.sendBulk(FrameType.BATCH, 0, asked.transfer(), bulk, 262_144);
  }

  /** A server that lets one user in and then does as it is told. */
  private static final class ScriptedServer implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Script script;

    ScriptedServer(Script script) throws IOException {
      this.script = script;
      Thread thread = new Thread(this::accept, "scripted-server");
      thread.setDaemon(true);
      thread.start();
    }

    int port() {
      return listener.getLocalPort();
    }

    private void accept() {
      try {
        while (true) {
          serve(listener.accept());
        }
      } catch (IOException closed) {
        return;
      }
    }

    private void serve(Socket socket) {
      BufferBudget chunks = new BufferBudget(BufferBudget.DEFAULT_BYTES);
      try (Wire wire = new Wire(Connection.of(socket, PATIENCE), chunks)) {
        Login.asServer(wire, new OneUser(), PATIENCE);
        Frame frame = wire.nextOrEnd(PATIENCE, "a request");
        while (frame != null) {
          script.answer(wire, frame);
          frame = wire.nextOrEnd(PATIENCE, "a request");
        }
      } catch (IOException gone) {
        return;
      }
    }

    @Override
    public void close() throws IOException {
      listener.close();
    }
  }

  /** Knows the user of the fixture. */
  private static final class OneUser implements Porter {
    private final ScramKey key = ScramKey.derive(TcpFixture.KEY, new SecureRandom());

    @Override
    public Set<String> capabilities() {
      return Set.of(Hello.TREE_DIGEST, Hello.BATCH);
    }

    @Override
    public Hello.Doors doors() {
      return new Hello.Doors(List.of(ScramKey.MECHANISM), List.of(), 1);
    }

    @Override
    public Optional<byte[]> binding(String type) {
      return Optional.empty();
    }

    @Override
    public ScramKey key(String user) {
      return key;
    }

    @Override
    public String certified(String wanted) throws WireException {
      throw new WireException(ErrorCode.LOGIN_REFUSED, "there is no certificate");
    }

    @Override
    public Seat join(String ticket, Optional<Instance> instance) throws WireException {
      throw new WireException(ErrorCode.LOGIN_REFUSED, "there are no tickets");
    }

    @Override
    public void refused(String user) {}

    @Override
    public void admitted(String user) {}
  }
}
