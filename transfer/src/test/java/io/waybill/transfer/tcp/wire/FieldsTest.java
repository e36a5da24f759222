package io.waybill.transfer.tcp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FieldsTest {

  @Test
  void readsBackWhatWasWritten() throws WireException {
    FieldsBuilder inner = new FieldsBuilder().text(Tag.PATH, "\u00fc").number(Tag.SIZE, -1);
    Fields fields =
        Fields.parse(
            ByteBuffer.wrap(
                new FieldsBuilder().nested(Tag.ENTRY, inner).text(Tag.TO, "").toBytes()));
    assertThat(fields.nested(Tag.ENTRY).get(0).text(Tag.PATH)).isEqualTo("\u00fc");
    assertThat(fields.nested(Tag.ENTRY).get(0).number(Tag.SIZE)).isEqualTo(-1);
    assertThat(fields.text(Tag.TO)).isEmpty();
  }

  @Test
  void skipsUnknownFieldsButNotCriticalOnes() throws WireException {
    assertThat(parse("7fff0001ff" + "0020000161").text(Tag.PATH)).isEqualTo("a");
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> parse("ffff0001ff"))
        .extracting(WireException::code)
        .isEqualTo(ErrorCode.UNSUPPORTED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"00", "002000", "00200002", "0020000261", "0020ffff61"})
  void refusesFieldsThatAreCutOff(String hex) {
    assertThatExceptionOfType(WireException.class).isThrownBy(() -> parse(hex));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "00200001ff", "0020000161" + "0020000162", "002100020000"})
  void refusesMissingMalformedAndRepeatedText(String hex) throws WireException {
    Fields fields = parse(hex);
    assertThatExceptionOfType(WireException.class).isThrownBy(() -> fields.text(Tag.PATH));
  }

  @Test
  void refusesNumbersOfAnotherLengthOrRange() throws WireException {
    Fields fields = parse("002100020000" + "00220008ffffffffffffffff");
    assertThatExceptionOfType(WireException.class).isThrownBy(() -> fields.number(Tag.SIZE));
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> fields.number(Tag.MODIFIED, 0, 5));
  }

  @Test
  void neverWritesMoreThanAFrameHolds() {
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> new FieldsBuilder().bytes(Tag.BITS, new byte[70_000]));
  }

  private static Fields parse(String hex) throws WireException {
    return Fields.parse(ByteBuffer.wrap(HexFormat.of().parseHex(hex)));
  }
}
