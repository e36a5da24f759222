package io.waybill.jobs.exec;

import io.waybill.jobs.exec.ProgramEnd.Captured;
import io.waybill.jobs.log.SecretMask;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Reads one stream of a program to its end, on a thread of its own: keeps and logs the beginning,
 * and lets go of the rest. Secrets are blotted out of what it tells, also where a cut would leave
 * half of one.
 */
final class OutputReader {
  private static final Logger LOG = LoggerFactory.getLogger(OutputReader.class);
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\\x80-\\x9f&&[^\\t]]");
  // as long as a secret can be, so that one on the edge of a cut is seen whole
  private static final int EDGE_BYTES = 64 << 10;
  private static final int LONGEST_LINE = 8 << 10;
  private static final int LAST_BYTES = 4 << 10;

  private final String name;
  private final long most;
  private final SecretMask mask;
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final byte[] last = new byte[LAST_BYTES + EDGE_BYTES];
  private long seen;
  private final Thread thread;

  private OutputReader(String name, InputStream stream, long most, SecretMask mask) {
    this.name = name;
    this.most = most;
    this.mask = mask;
    Map<String, String> whose = MDC.getCopyOfContextMap();
    thread =
        new Thread(
            () -> {
              if (whose != null) {
                MDC.setContextMap(whose);
              }
              read(stream);
            },
            "exec-" + name);
    thread.setDaemon(true);
  }

  /**
   * Begins to read.
   *
   * @param name of the stream, for the log
   * @param most bytes to keep
   */
  static OutputReader start(String name, InputStream stream, long most, SecretMask mask) {
    OutputReader reader = new OutputReader(name, stream, most, mask);
    reader.thread.start();
    return reader;
  }

  /** Waits until the stream is at its end, or for so long. */
  void await(long millis) throws InterruptedException {
    thread.join(Math.max(1, millis));
  }

  private void read(InputStream stream) {
    byte[] block = new byte[16 << 10];
    try (stream) {
      for (int count = stream.read(block); count >= 0; count = stream.read(block)) {
        take(block, count);
      }
    } catch (IOException e) {
      LOG.debug("event=output-closed stream={}", name, e); // as its program is being ended
    }
    synchronized (this) {
      if (line.size() > 0) {
        endLine();
      }
    }
  }

  private synchronized void take(byte[] block, int count) {
    int kept = (int) Math.max(0, Math.min(count, most + EDGE_BYTES - seen));
    this.kept.write(block, 0, kept);
    log(block, (int) Math.max(0, Math.min(count, most - seen)));
    if (seen <= most && seen + count > most) {
      line.reset();
      LOG.warn("event=output-cut stream={} at-bytes={} reason=\"max-output\"", name, most);
    }
    int from = Math.max(0, count - last.length);
    for (int i = from; i < count; i++) {
      last[(int) ((seen + i) % last.length)] = block[i];
    }
    seen += count;
  }

  private void log(byte[] block, int count) {
    for (int i = 0; i < count; i++) {
      if (block[i] == '\n') {
        endLine();
      } else if (line.size() < LONGEST_LINE + EDGE_BYTES) {
        line.write(block[i]);
      }
    }
  }

  private void endLine() {
    String text = shown(line.toString(StandardCharsets.UTF_8).stripTrailing());
    line.reset();
    LOG.info("{}: {}", name, text);
  }

  // what could steer a terminal does not get through
  private String shown(String text) {
    String masked = CONTROL.matcher(mask.mask(text)).replaceAll("?");
    return masked.length() > LONGEST_LINE ? masked.substring(0, LONGEST_LINE) + "..." : masked;
  }

  /** Returns what there is so far. */
  synchronized Captured captured() {
    boolean isCut = seen > most;
    String text = mask.mask(kept.toString(StandardCharsets.UTF_8));
    if (isCut) {
      text =
          beginning(text, most)
              + "\n[cut: %d of %d bytes; \"max-output\" says how many]".formatted(most, seen);
    }
    return new Captured(text.stripTrailing(), lastLine(), isCut);
  }

  private static String beginning(String text, long most) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int end = (int) Math.min(bytes.length, most);
    while (end > 0 && end < bytes.length && (bytes[end] & 0xC0) == 0x80) {
      end--; // no half of a character
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }

  private String lastLine() {
    int count = (int) Math.min(seen, last.length);
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = last[(int) ((seen - count + i) % last.length)];
    }
    String text = mask.mask(new String(bytes, StandardCharsets.UTF_8)).strip();
    String line = text.substring(text.lastIndexOf('\n') + 1);
    return shown(line.length() > LAST_BYTES ? line.substring(line.length() - LAST_BYTES) : line);
  }
}
