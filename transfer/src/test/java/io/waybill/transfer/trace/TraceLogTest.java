package io.waybill.transfer.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.transfer.WireTap;
import io.waybill.transfer.WireTap.Direction;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class TraceLogTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");
  private static final InetSocketAddress HERE = InetSocketAddress.createUnresolved("here", 1);
  private final StringBuilder out = new StringBuilder();
  private final TraceLog log = new TraceLog(out, () -> NOW, ZoneOffset.UTC);

  @Test
  void linesHaveTimeNumberProtocolAndDirection() {
    WireTap.Tapped first = log.open("smtp", HERE, HERE);
    WireTap.Tapped second = log.open("ftp", HERE, HERE);
    first.line(Direction.SENT, "EHLO here");
    second.line(Direction.RECEIVED, "220 hi");
    second.closed("by us");
    assertThat(out.toString().lines().skip(2))
        .containsExactly(
            "03:04:05.678 1 smtp > EHLO here",
            "03:04:05.678 2 ftp < 220 hi",
            "03:04:05.678 2 ftp * closed: by us");
  }

  @Test
  void hostileCharactersAreEscapedAndLinesAreBounded() {
    WireTap.Tapped tap = log.open("smtp", HERE, HERE);
    out.setLength(0);
    tap.line(Direction.RECEIVED, "a\r\nb\u001b[2J\u202ec\u0085\u2028");
    assertThat(out.toString()).endsWith("a\\u000d\\u000ab\\u001b[2J\\u202ec\\u0085\\u2028\n");
    out.setLength(0);
    tap.line(Direction.RECEIVED, "\u0001".repeat(100_000));
    assertThat(out.toString()).hasSizeLessThanOrEqualTo(4097).endsWith("(100000 characters)\n");
  }

  @Test
  void outputThatFailsIsRememberedAndLeftAlone() {
    TraceLog broken =
        new TraceLog(
            new Appendable() {
              @Override
              public Appendable append(CharSequence text) throws IOException {
                throw new IOException("full");
              }

              @Override
              public Appendable append(CharSequence text, int start, int end) throws IOException {
                throw new IOException("full");
              }

              @Override
              public Appendable append(char c) throws IOException {
                throw new IOException("full");
              }
            },
            () -> NOW,
            ZoneOffset.UTC);
    broken.open("smtp", HERE, HERE).line(Direction.SENT, "x");
    assertThat(broken.failure()).get().extracting(Throwable::getMessage).isEqualTo("full");
  }
}
