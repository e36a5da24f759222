package io.waybill.transfer.tcp.exchange;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.transfer.FileEntry;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.Verification;
import io.waybill.transfer.chunk.TreeHash;
import io.waybill.transfer.tcp.wire.BufferBudget;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameReader;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.Limits;
import io.waybill.transfer.tcp.wire.ScriptedPeer;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.BitSet;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BatchTest {
  private static final BufferBudget CHUNKS = new BufferBudget(16 << 20);
  private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.000000006Z");

  private static Batch.Item file(BatchBuilder builder, String path, byte[] bytes) {
    ByteBuffer content = builder.room(bytes.length).put(bytes).flip();
    return new Batch.Item(
        path,
        false,
        0,
        Optional.of(TIME),
        OptionalInt.of(0640),
        Optional.of(TreeHash.rootOfSmall(content)),
        content);
  }

  private static Batch.Item directory(String path) {
    return new Batch.Item(
        path,
        true,
        0,
        Optional.empty(),
        OptionalInt.empty(),
        Optional.empty(),
        ByteBuffer.allocate(0));
  }

  private static Wire.Bulk golden() {
    BatchBuilder builder = new BatchBuilder(ByteBuffer.allocate(BatchBuilder.BUFFER_BYTES));
    builder.add(directory("in/empty"));
    builder.add(file(builder, "in/\u00fc.txt", "waybill".getBytes(US_ASCII)));
    return builder.finish(TargetPolicy.SKIP_EQUAL, Verification.SIZE);
  }

  /** Writes one frame. */
  private interface Writing {
    void to(Wire wire) throws IOException;
  }

  private static byte[] bytes(Writing writing) throws IOException {
    ScriptedPeer peer = new ScriptedPeer(new byte[0]);
    try (Wire wire = new Wire(peer.connection, CHUNKS)) {
      wire.giveCredit(Limits.WINDOW_START_BYTES);
      writing.to(wire);
    }
    return peer.written();
  }

  private static Frame frame(byte[] bytes) throws IOException {
    FrameReader reader = new FrameReader(new ScriptedPeer(bytes).connection, CHUNKS);
    reader.allowSession(Limits.CHUNK_BYTES, 0);
    return Objects.requireNonNull(reader.next(ScriptedPeer.PATIENCE, "a frame"));
  }

  private static void isGolden(String name, byte[] bytes) throws IOException {
    String hex = HexFormat.of().formatHex(bytes);
    String write = System.getProperty("waybill.golden.write");
    if (write != null) {
      Files.writeString(Path.of(write, name + ".hex"), hex.replaceAll("(.{64})", "$1\n") + "\n");
    }
    try (InputStream in = BatchTest.class.getResourceAsStream("/frames/" + name + ".hex")) {
      assertThat(in).as("frames/%s.hex", name).isNotNull();
      assertThat(hex).isEqualTo(new String(in.readAllBytes(), US_ASCII).replaceAll("\\s", ""));
    }
  }

  @Test
  void framesAreWrittenAsTheyAlwaysWere() throws IOException {
    isGolden("batch", bytes(wire -> wire.sendBulk(FrameType.BATCH, 0, 7, golden(), 262_144)));
    isGolden(
        "batch-ack",
        bytes(
            wire ->
                new BatchAck(BatchAck.OK, List.of(0, 1, 20), List.of("the server may not touch c"))
                    .send(wire, 7, 262_144)));
    isGolden("query", bytes(wire -> query().send(wire, 8)));
    BitSet need = new BitSet();
    need.set(1);
    isGolden("need", bytes(wire -> Query.sendNeed(wire, 8, need)));
  }

  private static Query query() {
    return new Query(
        TargetPolicy.SKIP_EQUAL,
        Verification.SIZE,
        List.of(
            new FileEntry("in", FileEntry.Kind.DIRECTORY, FileEntry.UNKNOWN_SIZE, Optional.empty()),
            new FileEntry("in/a", FileEntry.Kind.FILE, 7, Optional.of(TIME))));
  }

  @Test
  void aBatchReadsBackAsItWasMeant() throws IOException {
    Frame frame = frame(bytes(wire -> wire.sendBulk(FrameType.BATCH, 0, 7, golden(), 262_144)));
    Batch batch = Batch.read(frame.payload(), frame.body().bytes());
    assertThat(batch.policy()).isEqualTo(TargetPolicy.SKIP_EQUAL);
    assertThat(batch.level()).isEqualTo(Verification.SIZE);
    assertThat(batch.items()).hasSize(2);
    assertThat(batch.items().get(0)).isEqualTo(directory("in/empty"));
    Batch.Item file = batch.items().get(1);
    assertThat(file.path()).isEqualTo("in/\u00fc.txt");
    assertThat(file.modified()).contains(TIME);
    assertThat(file.mode()).hasValue(0640);
    assertThat(file.root()).contains(TreeHash.rootOfSmall(file.content()));
    assertThat(UTF_8.decode(file.content().duplicate()).toString()).isEqualTo("waybill");
  }

  @Test
  void aQueryAndItsAnswerReadBackAsTheyWereMeant() throws IOException {
    assertThat(Query.read(frame(bytes(wire -> query().send(wire, 8))))).isEqualTo(query());
    BitSet need = new BitSet();
    need.set(1);
    assertThat(query().need(frame(bytes(wire -> Query.sendNeed(wire, 8, need))))).isEqualTo(need);
    need.set(2);
    byte[] tooMany = bytes(wire -> Query.sendNeed(wire, 8, need));
    assertThatExceptionOfType(WireException.class).isThrownBy(() -> query().need(frame(tooMany)));
  }

  @Test
  void anAcknowledgementStaysBelowItsLimitAndFitsItsBatch() throws IOException {
    BatchAck ack =
        new BatchAck(
            BatchAck.OK,
            Collections.nCopies(256, 20),
            Collections.nCopies(20, "\ud83d\ude9a".repeat(1000)));
    Frame frame = frame(bytes(wire -> ack.send(wire, 7, 1 << 20)));
    assertThat(frame.payload().remaining()).isLessThanOrEqualTo(Limits.BATCH_ACK_BYTES);
    BatchAck read = BatchAck.read(frame, 256);
    assertThat(read.statuses()).hasSize(256).containsOnly(20);
    assertThat(read.messages()).hasSize(8).allMatch(each -> each.matches("(\ud83d\ude9a){50}"));
    assertThatExceptionOfType(WireException.class).isThrownBy(() -> BatchAck.read(frame, 255));
  }

  @Test
  void aFullBatchIsAsLargeAsAllowedAndTakesNoMore() throws WireException {
    BatchBuilder builder = new BatchBuilder(ByteBuffer.allocate(BatchBuilder.BUFFER_BYTES));
    int most = (int) (Limits.BATCH_BYTES - Batch.cost("a", 0));
    assertThat(builder.fits("a", most + 1)).isFalse();
    assertThat(builder.fits("a", most)).isTrue();
    builder.add(file(builder, "a", new byte[most]));
    assertThat(builder.fits("b", 0)).isFalse();
    Wire.Bulk bulk = builder.finish(TargetPolicy.FAIL, Verification.DIGEST);
    assertThat(bulk.body().remaining()).isEqualTo(Limits.BATCH_BYTES);
    assertThat(Batch.read(bulk.head(), bulk.body()).items()).hasSize(1);

    for (int i = 0; i < Limits.BATCH_FILES; i++) {
      assertThat(builder.fits("f" + i, 3)).isTrue();
      builder.add(file(builder, "f" + i, new byte[3]));
    }
    assertThat(builder.fits("more", 0)).isFalse();
    Wire.Bulk files = builder.finish(TargetPolicy.REPLACE, Verification.NONE);
    assertThat(Batch.read(files.head(), files.body()).items()).hasSize(256);
  }

  @Test
  void whatIsBehindAnEntryIsSkipped() throws WireException {
    Wire.Bulk bulk = golden();
    int directory = bulk.head().getInt(4);
    ByteBuffer longer = ByteBuffer.allocate(bulk.body().remaining() + 5);
    longer.put(bulk.body().slice(0, directory)).put(new byte[5]);
    longer.put(bulk.body().slice(directory, bulk.body().remaining() - directory)).flip();
    int first = Short.BYTES + bulk.body().getShort(0);
    longer.putShort(first, (short) (longer.getShort(first) + 5));
    bulk.head().putInt(4, directory + 5);
    assertThat(Batch.read(bulk.head(), longer).items().get(1).root()).isPresent();
  }

  @Test
  void liesAreRefused() {
    refused("no file", (head, body) -> head.putShort(0, (short) 0));
    refused("257 files", (head, body) -> head.putShort(0, (short) 257));
    refused("one file too many", (head, body) -> head.putShort(0, (short) 3));
    refused("one file too few", (head, body) -> head.putShort(0, (short) 1));
    refused("directory beyond body", (head, body) -> head.putInt(4, body.limit() + 1));
    refused("directory of 2^32 - 1", (head, body) -> head.putInt(4, -1));
    refused("directory too short", (head, body) -> head.putInt(4, 10));
    refused("entry beyond directory", (head, body) -> body.putShort(0, (short) 0xffff));
    refused("entry of nothing", (head, body) -> body.putShort(0, (short) 0));
    refused("directory with content", (head, body) -> body.putInt(4, 1));
    refused("size beyond body", (head, body) -> body.putInt(4 + 32, 8));
    refused("size of 2^32 - 1", (head, body) -> body.putInt(4 + 32, -1));
    refused("size too small", (head, body) -> body.putInt(4 + 32, 6));
    refused("kind 2", (head, body) -> body.put(2, (byte) 2));
    refused("nanoseconds", (head, body) -> body.putInt(16 + 32, 1_000_000_000));
    refused("year", (head, body) -> body.putLong(8 + 32, Long.MAX_VALUE));
    refused("setuid", (head, body) -> body.putShort(20 + 32, (short) 04755));
    refused("path beyond entry", (head, body) -> body.putShort(22, (short) 9));
    refused("path not UTF-8", (head, body) -> body.put(24, (byte) 0xff));
    refused("level", (head, body) -> head.put(3, (byte) 9));
    refused("policy", (head, body) -> head.put(2, (byte) 3));
  }

  /** Makes a batch wrong. */
  private interface Lie {
    void tell(ByteBuffer head, ByteBuffer body);
  }

  private static void refused(String what, Lie lie) {
    Wire.Bulk bulk = golden();
    lie.tell(bulk.head(), bulk.body());
    assertThatExceptionOfType(WireException.class)
        .as(what)
        .isThrownBy(() -> Batch.read(bulk.head(), bulk.body()))
        .satisfies(
            e -> assertThat(e.code()).isIn(ErrorCode.PROTOCOL_VIOLATION, ErrorCode.UNSUPPORTED));
  }

  @Test
  void mutatedBatchesAreReadOrRefusedAndNeverBreakAnything() {
    long seed = 20_261_124L;
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      Wire.Bulk bulk = golden();
      ByteBuffer body = bulk.body();
      for (int j = random.nextInt(4); j >= 0; j--) {
        ByteBuffer where = random.nextInt(4) == 0 ? bulk.head() : body;
        where.put(random.nextInt(where.limit()), (byte) random.nextInt(256));
      }
      body.limit(random.nextInt(3) == 0 ? random.nextInt(body.limit() + 1) : body.limit());
      try {
        Batch batch = Batch.read(bulk.head(), body);
        int contents = batch.items().stream().mapToInt(item -> item.content().remaining()).sum();
        assertThat(contents).as("seed %d, case %d", seed, i).isLessThanOrEqualTo(body.limit());
      } catch (WireException e) {
        assertThat(e.code())
            .as("seed %d, case %d", seed, i)
            .isIn(ErrorCode.PROTOCOL_VIOLATION, ErrorCode.UNSUPPORTED);
      }
    }
  }
}
