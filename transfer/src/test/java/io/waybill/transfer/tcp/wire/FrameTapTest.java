package io.waybill.transfer.tcp.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.transfer.WireTap.Direction;
import io.waybill.transfer.WireTap.Tapped;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class FrameTapTest {
  private static final String SECRET = "planted-secret-7d1e";

  private final ByteArrayOutputStream wire = new ByteArrayOutputStream();
  private final Recorded sent = new Recorded();
  private final Recorded received = new Recorded();

  @Test
  void aFrameIsPutIntoWordsAndIntoTheBytesThatWereSent() throws Exception {
    send(
        FrameType.OFFER,
        FrameType.PARENTS,
        6,
        new FieldsBuilder()
            .text(Tag.PATH, "in/a.bin")
            .number(Tag.SIZE, 7)
            .number(Tag.MODE, 0640)
            .bytes(Tag.MODIFIED, ByteBuffer.allocate(12).putLong(1).putInt(5).array())
            .nested(Tag.ENTRY, new FieldsBuilder().text(Tag.PATH, "x")));

    assertThat(sent.lines)
        .containsExactly(
            "SENT OFFER PARENTS transfer=6 PATH=\"in/a.bin\" SIZE=7 MODE=0640"
                + " MODIFIED=1970-01-01T00:00:01.000000005Z ENTRY={ PATH=\"x\" }");
    assertThat(sent.bytes.toByteArray()).isEqualTo(wire.toByteArray());
    receive();
    assertThat(received.lines).containsExactly(sent.lines.get(0).replace("SENT", "RECEIVED"));
    assertThat(received.bytes.toByteArray()).isEqualTo(wire.toByteArray());
  }

  @Test
  void secretsAreHiddenInWordsAndBytesAndTheSumIsOfWhatIsShown() throws Exception {
    send(FrameType.AUTH, 0, 0, new FieldsBuilder().text(Tag.AUTH_DATA, SECRET));
    send(
        FrameType.TICKETS,
        0,
        3,
        new FieldsBuilder().text(Tag.TICKET, SECRET).text(Tag.TICKET, SECRET + "2"));

    receive();
    for (Recorded each : List.of(sent, received)) {
      assertThat(each.lines).hasSize(2).first().asString().endsWith(" AUTH AUTH_DATA=***");
      assertThat(each.lines.get(1)).endsWith(" TICKETS transfer=3 TICKET=*** TICKET=***");
      byte[] bytes = each.bytes.toByteArray();
      assertThat(new String(bytes, ISO_8859_1)).doesNotContain("planted");
      assertThat(bytes).hasSameSizeAs(wire.toByteArray());
      CRC32C crc = new CRC32C();
      int end = 16 + 4 + SECRET.length();
      crc.update(bytes, 0, end);
      assertThat(ByteBuffer.wrap(bytes).getInt(end)).isEqualTo((int) crc.getValue());
    }
    assertThat(wire.toString(UTF_8)).contains(SECRET); // what travels stays as it is
  }

  @Test
  void secretsAreHiddenWithinEntriesToo() throws Exception {
    send(
        FrameType.QUERY,
        0,
        1,
        new FieldsBuilder().nested(Tag.ENTRY, new FieldsBuilder().text(Tag.TICKET, SECRET)));

    assertThat(sent.lines.get(0)).contains("ENTRY={ TICKET=*** }");
    assertThat(sent.bytes.toString(ISO_8859_1)).doesNotContain("planted");
  }

  @Test
  void aPayloadThatIsNoFieldsIsHiddenWhole() {
    ByteBuffer header = ByteBuffer.allocate(16).putInt(SECRET.length()).put((byte) 2).clear();

    new FrameTap(sent).control(Direction.RECEIVED, header, ByteBuffer.wrap(SECRET.getBytes(UTF_8)));

    assertThat(sent.lines.get(0))
        .endsWith("<" + SECRET.length() + " bytes that are no fields>")
        .doesNotContain("planted");
    assertThat(sent.bytes.toString(ISO_8859_1)).doesNotContain("planted");
  }

  @Test
  void aChunkIsItsNumberAndItsLength() throws Exception {
    ByteBuffer head = ByteBuffer.allocate(16).putInt(4).putInt(7).clear();
    writer().bulk(FrameType.CHUNK, 0, 9, head, ByteBuffer.wrap("waybill".getBytes(UTF_8)), 42);

    assertThat(sent.lines).containsExactly("SENT CHUNK transfer=9 INDEX=4 <7 bytes>");
    assertThat(sent.bytes.toByteArray()).isEqualTo(wire.toByteArray());
  }

  private void send(FrameType type, int flags, long transfer, FieldsBuilder fields)
      throws IOException {
    writer().control(type, flags, transfer, fields);
  }

  private FrameWriter writer() {
    FrameWriter writer = new FrameWriter(connection(new byte[0]));
    writer.setTap(new FrameTap(sent));
    return writer;
  }

  private void receive() throws IOException {
    FrameReader reader =
        new FrameReader(
            connection(wire.toByteArray()), new BufferBudget(BufferBudget.DEFAULT_BYTES));
    reader.setTap(new FrameTap(received));
    while (reader.next(Duration.ofSeconds(5), "a frame") != null) {
      reader.release();
    }
  }

  private Connection connection(byte[] in) {
    return new Connection(
        () -> {},
        Channels.newChannel(new ByteArrayInputStream(in)),
        Channels.newChannel(wire),
        Duration.ofSeconds(5));
  }

  private static final class Recorded implements Tapped {
    private final List<String> lines = new ArrayList<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public void sent(ByteBuffer... parts) {
      for (ByteBuffer part : parts) {
        received(part);
      }
    }

    @Override
    public void received(ByteBuffer part) {
      byte[] copy = new byte[part.remaining()];
      part.duplicate().get(copy);
      bytes.writeBytes(copy);
    }

    @Override
    public void line(Direction direction, String text) {
      lines.add(direction + " " + text);
    }

    @Override
    public void closed(String reason) {}
  }
}
