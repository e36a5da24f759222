package io.waybill.transfer.trace;

import io.waybill.transfer.WireTap;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Prints the lines of dialogues: {@code 03:04:05.678 7 smtp > EHLO here}, with {@code >} for sent,
 * {@code <} for received and {@code *} for the connection itself.
 *
 * <p>Control and formatting characters are escaped as {@code \\uXXXX}, and a line has at most 4096
 * characters. After the first failure of the output nothing more is printed. Bytes are not printed.
 * Thread-safe.
 */
public final class TraceLog implements WireTap {
  private static final int MAX_LINE = 4096;

  private final Appendable out;
  private final InstantSource clock;
  private final DateTimeFormatter time;
  private final AtomicLong ids = new AtomicLong();
  private @Nullable IOException failure;

  /** Prints to {@code out}, with times of {@code zone}. */
  public TraceLog(Appendable out, InstantSource clock, ZoneId zone) {
    this.out = out;
    this.clock = clock;
    this.time = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(zone);
  }

  @Override
  public Tapped open(String protocol, InetSocketAddress local, InetSocketAddress remote) {
    String name = ids.incrementAndGet() + " " + protocol;
    print(name, '*', "open " + local + " -> " + remote);
    return new Lines(name);
  }

  /** Returns why nothing more is printed, if so. */
  public synchronized Optional<IOException> failure() {
    return Optional.ofNullable(failure);
  }

  private synchronized void print(String name, char mark, String text) {
    if (failure != null) {
      return;
    }
    String line = time.format(clock.instant()) + " " + escaped(name) + " " + mark + " ";
    int room = MAX_LINE - line.length();
    try {
      out.append(line).append(bounded(text, Math.max(room, 64))).append('\n');
    } catch (IOException e) {
      failure = e;
    }
  }

  private static String bounded(String text, int room) {
    String shown = escaped(text.length() > room ? text.substring(0, room) : text);
    if (text.length() <= room && shown.length() <= room) {
      return shown;
    }
    String tail = "... (" + text.length() + " characters)";
    return shown.substring(0, Math.min(shown.length(), room - tail.length())) + tail;
  }

  private static String escaped(String text) {
    StringBuilder safe = new StringBuilder(text.length());
    text.chars()
        .forEach(
            c -> {
              int type = Character.getType(c);
              if (Character.isISOControl(c)
                  || type == Character.FORMAT
                  || type == Character.LINE_SEPARATOR
                  || type == Character.PARAGRAPH_SEPARATOR) {
                safe.append(String.format(Locale.ROOT, "\\u%04x", c));
              } else {
                safe.append((char) c);
              }
            });
    return safe.toString();
  }

  /** Prints one connection's lines. */
  private final class Lines implements Tapped {
    private final String name;

    Lines(String name) {
      this.name = name;
    }

    @Override
    public void sent(ByteBuffer... bytes) {}

    @Override
    public void received(ByteBuffer bytes) {}

    @Override
    public void line(Direction direction, String text) {
      print(name, direction == Direction.SENT ? '>' : '<', text);
    }

    @Override
    public void closed(String reason) {
      print(name, '*', "closed: " + reason);
    }
  }
}
