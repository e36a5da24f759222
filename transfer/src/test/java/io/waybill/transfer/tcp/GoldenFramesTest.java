package io.waybill.transfer.tcp;

import static io.waybill.transfer.tcp.wire.ScriptedPeer.PATIENCE;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.transfer.Digest;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.Integrity;
import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.Verification;
import io.waybill.transfer.chunk.ChunkContent;
import io.waybill.transfer.chunk.ChunkLeaves;
import io.waybill.transfer.chunk.TreeHash;
import io.waybill.transfer.tcp.exchange.ChunkReceiver;
import io.waybill.transfer.tcp.exchange.Committed;
import io.waybill.transfer.tcp.exchange.Compression;
import io.waybill.transfer.tcp.exchange.Entries;
import io.waybill.transfer.tcp.exchange.HaveList;
import io.waybill.transfer.tcp.exchange.Offer;
import io.waybill.transfer.tcp.login.Hello;
import io.waybill.transfer.tcp.login.Instance;
import io.waybill.transfer.tcp.login.Login;
import io.waybill.transfer.tcp.login.ScramClient;
import io.waybill.transfer.tcp.login.ScramKey;
import io.waybill.transfer.tcp.wire.BufferBudget;
import io.waybill.transfer.tcp.wire.Connection;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.FieldsBuilder;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameReader;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.Limits;
import io.waybill.transfer.tcp.wire.ScriptedPeer;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The frames of PROTOCOL.md as they are on the wire, in {@code src/test/resources/frames/*.hex}.
 * They only change with the protocol; {@code -Dwaybill.golden.write=<directory>} writes them anew.
 */
class GoldenFramesTest {
  private static final BufferBudget CHUNKS = new BufferBudget(16 << 20);
  private static final Set<String> CAPABILITIES =
      Set.of(
          Hello.TREE_DIGEST,
          Hello.ZERO_CHUNKS,
          Hello.BATCH,
          Hello.STREAMS,
          Hello.ZSTD,
          Hello.DELTA);
  private static final Hello.Doors DOORS =
      new Hello.Doors(List.of(Login.SCRAM_PLUS, Login.TICKET), List.of("tls-server-end-point"), 16);

  private static Hello hello() {
    return Hello.client(CAPABILITIES, new Instance("000102030405060708090a0b0c0d0e0f"));
  }

  private static final byte[] CONTENT = "waybill".getBytes(US_ASCII);
  private static final Digest TREE =
      Digest.parse("sha-256-tree:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");

  private static final Digest CRC = Digest.parse("crc32c:40533ca6");

  /** A thousand times the letter a, one zstd frame. */
  private static final byte[] ZSTD_FRAME =
      HexFormat.of().parseHex("28b52ffd60e8024d00001061610100e32b8005");

  private static final String A_CRC = "9f19ef6a";

  /** Writes one frame. */
  @FunctionalInterface
  private interface Writing {
    void to(Wire wire) throws IOException;
  }

  private enum Golden {
    HELLO_CLIENT(wire -> wire.send(FrameType.HELLO, 0, hello().fields())),
    HELLO_SERVER(
        wire -> wire.send(FrameType.HELLO, 0, Hello.answer(hello(), CAPABILITIES, DOORS).fields())),
    AUTH_CLIENT_FIRST(
        wire ->
            wire.send(
                FrameType.AUTH,
                0,
                new FieldsBuilder()
                    .text(Tag.MECHANISM, ScramKey.MECHANISM)
                    .text(
                        Tag.AUTH_DATA,
                        new ScramClient("user", "rOprNGfwEbeRWgbNEkqO", Optional.empty())
                            .first()))),
    ERROR_LOGIN_REFUSED(
        wire ->
            wire.sendError(
                0,
                new WireException(
                    ErrorCode.LOGIN_REFUSED,
                    "user or key is wrong; check both at client and server"))),
    ERROR_UNAVAILABLE(
        wire ->
            wire.sendError(
                3,
                WireException.unavailable("the server is shutting down", Duration.ofSeconds(5)))),
    KEEPALIVE(wire -> wire.send(FrameType.KEEPALIVE, 0, new FieldsBuilder())),
    OFFER(wire -> offer().send(wire, 1)),
    OFFER_REPEATED(wire -> offer().repeated().send(wire, 2)),
    OFFER_CRC32C_RENAME(wire -> renaming().send(wire, 7)),
    OFFER_PARENTS_DELTA(
        wire -> offer().with(FrameType.PARENTS).with(FrameType.DELTA).send(wire, 8)),
    HAVE_SUMS(wire -> sums().send(wire, 7)),
    BASE(
        wire ->
            wire.send(
                FrameType.BASE,
                8,
                new FieldsBuilder()
                    .number(Tag.FIRST, 0)
                    .bytes(Tag.CHUNK_DIGESTS, TreeHash.leaf(ByteBuffer.wrap(CONTENT))))),
    HAVE_NOTHING(
        wire ->
            new HaveList(HaveList.Basis.PART, Integrity.TREE, new ChunkLeaves(3)).send(wire, 1)),
    HAVE_FIRST_AND_THIRD(wire -> have().send(wire, 1)),
    CHUNK(
        wire ->
            wire.sendBulk(
                FrameType.CHUNK,
                0,
                1,
                new Wire.Bulk(
                    ByteBuffer.wrap(HexFormat.of().parseHex("00000000000000070000000000000000")),
                    ByteBuffer.wrap(CONTENT),
                    ChunkContent.crc32c(ByteBuffer.wrap(CONTENT))),
                65536)),
    CHUNK_ZERO(
        wire ->
            wire.sendBulk(
                FrameType.CHUNK,
                FrameType.ZERO,
                1,
                new Wire.Bulk(
                    ByteBuffer.wrap(HexFormat.of().parseHex("00000001001000000000000000000000")),
                    ByteBuffer.allocate(0),
                    0),
                65536)),
    CHUNK_STARVED(
        wire ->
            wire.sendBulk(
                FrameType.CHUNK,
                FrameType.ZERO | FrameType.STARVED,
                1,
                new Wire.Bulk(
                    ByteBuffer.wrap(HexFormat.of().parseHex("00000001001000000000000000000000")),
                    ByteBuffer.allocate(0),
                    0),
                65536)),
    CHUNK_LOCAL(
        wire ->
            wire.sendBulk(
                FrameType.CHUNK,
                FrameType.LOCAL,
                8,
                new Wire.Bulk(
                    ByteBuffer.wrap(HexFormat.of().parseHex("00000001001000000000000300000000")),
                    ByteBuffer.allocate(0),
                    0),
                65536)),
    CHUNK_COMPRESSED(
        wire ->
            wire.sendBulk(
                FrameType.CHUNK,
                FrameType.COMPRESSED,
                9,
                new Wire.Bulk(
                    ByteBuffer.wrap(HexFormat.of().parseHex("00000000000003e8000003e8" + A_CRC)),
                    ByteBuffer.wrap(ZSTD_FRAME),
                    ChunkContent.crc32c(ByteBuffer.wrap(ZSTD_FRAME))),
                65536)),
    CHUNK_ACK(
        wire ->
            wire.send(
                FrameType.CHUNK_ACK,
                1,
                new FieldsBuilder()
                    .number(Tag.INDEX, 0)
                    .number(Tag.STATUS, ChunkReceiver.STATUS_OK)
                    .number(Tag.CREDIT, 65536))),
    COMMIT(
        wire ->
            wire.send(FrameType.COMMIT, 1, new FieldsBuilder().text(Tag.DIGEST, TREE.toString()))),
    COMMITTED(
        wire ->
            new Committed(List.of(TREE), Verification.DIGEST, false, Optional.empty())
                .send(wire, 1)),
    COMMITTED_RENAMED(
        wire ->
            new Committed(List.of(CRC), Verification.SIZE_MTIME, false, Optional.of("in/a (2).bin"))
                .send(wire, 7)),
    ABORT_DISCARD(wire -> wire.send(FrameType.ABORT, FrameType.DISCARD, 1, new FieldsBuilder())),
    OPEN(
        wire ->
            wire.send(
                FrameType.OPEN,
                4,
                offer().terms().addTo(new FieldsBuilder().text(Tag.PATH, offer().path())))),
    LIST_RECURSIVE(
        wire ->
            wire.send(
                FrameType.LIST,
                FrameType.RECURSIVE,
                5,
                new FieldsBuilder().text(Tag.PATH, "in").number(Tag.CREDIT, 4))),
    ENTRIES(
        wire -> {
          Entries entries = new Entries(wire, 5, () -> {});
          entries.add(
              new FileEntry(
                  "sub", FileEntry.Kind.DIRECTORY, FileEntry.UNKNOWN_SIZE, Optional.empty()));
          entries.add(
              new FileEntry(
                  "sub/a.bin",
                  FileEntry.Kind.FILE,
                  7,
                  Optional.of(Instant.parse("2026-01-02T03:04:05.000000006Z"))));
          entries.end();
        }),
    RENAME(
        wire ->
            wire.send(
                FrameType.RENAME,
                6,
                new FieldsBuilder().text(Tag.PATH, "in/a").text(Tag.TO, "in/b"))),
    DONE(wire -> wire.send(FrameType.DONE, 6, new FieldsBuilder()));

    @SuppressWarnings("ImmutableEnumChecker") // lambdas without state
    private final Writing writing;

    Golden(Writing writing) {
      this.writing = writing;
    }

    String file() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-') + ".hex";
    }

    byte[] bytes() throws IOException {
      ScriptedPeer peer = new ScriptedPeer(new byte[0]);
      try (Wire wire = new Wire(peer.connection, CHUNKS)) {
        wire.giveCredit(Limits.WINDOW_START_BYTES);
        writing.to(wire);
      }
      return peer.written();
    }
  }

  @ParameterizedTest
  @EnumSource(Golden.class)
  void framesAreWrittenAsTheyAlwaysWere(Golden golden) throws IOException {
    String write = System.getProperty("waybill.golden.write");
    if (write != null) {
      String hex = HexFormat.of().formatHex(golden.bytes());
      Files.writeString(Path.of(write, golden.file()), hex.replaceAll("(.{64})", "$1\n") + "\n");
    }
    assertThat(HexFormat.of().formatHex(golden.bytes())).isEqualTo(stored(golden));
  }

  @ParameterizedTest
  @EnumSource(Golden.class)
  void storedFramesAreRead(Golden golden) throws IOException {
    ScriptedPeer peer = new ScriptedPeer(HexFormat.of().parseHex(stored(golden)));
    try (Connection connection = peer.connection) {
      FrameReader reader = new FrameReader(connection, CHUNKS);
      reader.allowSession(Limits.CHUNK_BYTES, 0);
      Frame frame = reader.next(PATIENCE, "a frame");
      if (golden == Golden.KEEPALIVE) {
        assertThat(frame).isNull();
        return;
      }
      assertThat(golden.name()).startsWith(Objects.requireNonNull(frame).type().name());
      assertThat(frame.body().isIntact()).isTrue();
    }
  }

  @Test
  void anOfferReadsBackAsItWasMeant() throws IOException {
    ScriptedPeer peer = new ScriptedPeer(Golden.OFFER_REPEATED.bytes());
    try (Connection connection = peer.connection) {
      Frame frame = new FrameReader(connection, CHUNKS).next(PATIENCE, "a frame");
      assertThat(Offer.read(Objects.requireNonNull(frame))).isEqualTo(offer().repeated());
    }
  }

  @Test
  void aHaveListReadsBackAsItWasMeant() throws IOException {
    ScriptedPeer peer = new ScriptedPeer(Golden.HAVE_FIRST_AND_THIRD.bytes());
    try (Wire wire = new Wire(peer.connection, CHUNKS)) {
      HaveList have =
          Objects.requireNonNull(
              new HaveList.Pages(3, Integrity.TREE).add(wire.next(PATIENCE, "HAVE")));
      assertThat(have.leaves().known()).isEqualTo(have().leaves().known());
      assertThat(have.leaves().leaf(2)).isEqualTo(have().leaves().leaf(2));
    }
  }

  @Test
  void aListOfSumsReadsBackAsItWasMeant() throws IOException {
    ScriptedPeer peer = new ScriptedPeer(Golden.HAVE_SUMS.bytes());
    try (Wire wire = new Wire(peer.connection, CHUNKS)) {
      HaveList have =
          Objects.requireNonNull(
              new HaveList.Pages(3, Integrity.CRC32C).add(wire.next(PATIENCE, "HAVE")));
      assertThat(have.leaves().known()).isEqualTo(sums().leaves().known());
      assertThat(have.leaves().crc32c(1)).isEqualTo(0x40533ca6);
    }
  }

  @Test
  void everyFormOfAnOfferReadsBackAsItWasMeant() throws IOException {
    for (Offer each : List.of(renaming(), offer().with(FrameType.PARENTS).with(FrameType.DELTA))) {
      ScriptedPeer out = new ScriptedPeer(new byte[0]);
      try (Wire wire = new Wire(out.connection, CHUNKS)) {
        each.send(wire, 1);
      }
      ScriptedPeer in = new ScriptedPeer(out.written());
      try (Wire wire = new Wire(in.connection, CHUNKS)) {
        assertThat(Offer.read(wire.next(PATIENCE, "OFFER"))).isEqualTo(each);
      }
    }
  }

  @Test
  void theCompressedChunkIsAThousandTimesTheLetterA() throws IOException {
    ScriptedPeer peer = new ScriptedPeer(Golden.CHUNK_COMPRESSED.bytes());
    try (Wire wire = new Wire(peer.connection, CHUNKS)) {
      wire.allowSession(1 << 20, 0);
      Frame frame = wire.next(PATIENCE, "CHUNK");
      try (Compression.Borrowed plain = Compression.unpack(frame, 1000, CHUNKS, PATIENCE)) {
        byte[] bytes = new byte[plain.bulk().body().remaining()];
        plain.bulk().body().duplicate().get(bytes);
        assertThat(new String(bytes, US_ASCII)).isEqualTo("a".repeat(1000));
        assertThat(ChunkContent.crc32c(plain.bulk().body())).isEqualTo(plain.bulk().crc32c());
      }
    }
  }

  private static Offer offer() {
    return new Offer(
        "in/\u00fcbergabe.bin",
        new SourceIdentity(
            7,
            Optional.of(Instant.parse("2026-01-02T03:04:05.000000006Z")),
            Optional.of("(dev=1,ino=2)")),
        OptionalInt.of(0640),
        new Offer.Terms(
            TargetPolicy.SKIP_EQUAL,
            Verification.SIZE,
            Integrity.TREE,
            Optional.of(Digest.Algorithm.SHA_256),
            0));
  }

  private static Offer renaming() {
    Offer offer = offer();
    return new Offer(
        offer.path(),
        offer.source(),
        OptionalInt.empty(),
        new Offer.Terms(
            TargetPolicy.RENAME, Verification.SIZE, Integrity.CRC32C, Optional.empty(), 0));
  }

  private static HaveList sums() {
    ChunkLeaves leaves = new ChunkLeaves(3);
    leaves.set(1, 0x40533ca6);
    return new HaveList(HaveList.Basis.PART, Integrity.CRC32C, leaves);
  }

  private static HaveList have() {
    ChunkLeaves leaves = new ChunkLeaves(3);
    leaves.set(0, 0, TreeHash.leaf(ByteBuffer.wrap(CONTENT)));
    leaves.set(2, 0, TreeHash.leaf(ByteBuffer.wrap("bill".getBytes(UTF_8))));
    return new HaveList(HaveList.Basis.PART, Integrity.TREE, leaves);
  }

  private static String stored(Golden golden) throws IOException {
    try (InputStream in = GoldenFramesTest.class.getResourceAsStream("/frames/" + golden.file())) {
      assertThat(in).as("frames/%s", golden.file()).isNotNull();
      return new String(in.readAllBytes(), US_ASCII).replaceAll("\\s", "");
    }
  }
}
