package io.waybill.mail.mime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Gives a message the header block that a parser knows: the first line that cannot be a header
 * begins the body, even without the blank line before it, and a header that is too long is left
 * out, so that neither costs what follows.
 */
final class HeaderBlockInput extends InputStream {
  /** Behind a line that is none they tell that the headers go on (and no body has begun). */
  private static final Pattern COMMON =
      Pattern.compile(
          "(?:from|to|cc|bcc|subject|date|sender|reply-to|message-id|in-reply-to|references"
              + "|mime-version|received|return-path|delivered-to|content-[a-z-]+|x-[a-z0-9-]+"
              + "|list-[a-z]+|dkim-signature|authentication-results|auto-submitted)[ \\t]*:.*",
          Pattern.DOTALL);

  private static final int LONGEST_NAME = 100;
  private static final int MARK_BYTES = 3;
  private static final int PEEK_BYTES = 4096;
  private static final Pattern BOUNDARY =
      Pattern.compile("(?:\\A\\s*+|\n)--([!-~](?:[ -~]{0,68}[!-~])?)[ \\t]*\r?\n");

  private final BufferedInputStream in;
  private final int maxBytes;
  private final Consumer<Defect> defects;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final ByteArrayOutputStream field = new ByteArrayOutputStream(); // with its folds
  private final ByteArrayOutputStream doubtful = new ByteArrayOutputStream(); // a line that is none
  private @Nullable String boundary;
  private byte[] ready = {};
  private int readyAt;
  private boolean hasBegun;
  private boolean hasFields;
  private boolean isTooLong; // the field that is being read
  private boolean isBody;

  /** Headers of {@code maxBytes} and more are too long. */
  HeaderBlockInput(InputStream in, int maxBytes, Consumer<Defect> defects) {
    this.in = new BufferedInputStream(in);
    this.maxBytes = maxBytes;
    this.defects = defects;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    while (readyAt == ready.length && !isBody) {
      next();
    }
    if (readyAt == ready.length) {
      return in.read(target, offset, length);
    }
    int n = Math.min(length, ready.length - readyAt);
    System.arraycopy(ready, readyAt, target, offset, n);
    readyAt += n;
    return n;
  }

  private void next() throws IOException {
    if (!hasBegun) {
      hasBegun = true;
      skipByteOrderMark();
    }
    boolean isWhole = readLine();
    byte[] bytes = line.toByteArray();
    if (bytes.length == 0 || isBlank(bytes)) {
      end(bytes);
    } else if (isFold(bytes)) {
      append(bytes, isWhole);
    } else if (bytes[0] != '<' && FieldLines.hasName(bytes, bytes.length)) { // else it is HTML
      startField(bytes, isWhole);
    } else if (doubtful.size() == 0 && isWhole && isDoubtful(bytes)) {
      doubtful.writeBytes(bytes);
    } else {
      startBody(bytes);
    }
  }

  private void skipByteOrderMark() throws IOException {
    in.mark(MARK_BYTES);
    byte[] mark = in.readNBytes(MARK_BYTES);
    if (!new String(mark, StandardCharsets.UTF_8).equals("\uFEFF")) {
      in.reset();
    }
  }

  /** Returns false if the line is longer than is kept of it; the rest is still to come then. */
  private boolean readLine() throws IOException {
    line.reset();
    while (line.size() < maxBytes) {
      int b = in.read();
      if (b < 0) {
        return true;
      }
      line.write(b);
      if (b == '\n') {
        return true;
      }
    }
    return false;
  }

  private void skipLine() throws IOException {
    int b = in.read();
    while (b >= 0 && b != '\n') {
      b = in.read();
    }
  }

  private boolean isFold(byte[] bytes) {
    return doubtful.size() == 0
        && (field.size() > 0 || isTooLong)
        && (bytes[0] == ' ' || bytes[0] == '\t');
  }

  private void append(byte[] bytes, boolean isWhole) throws IOException {
    if (!isWhole) {
      skipLine();
    }
    isTooLong |= !isWhole || field.size() + bytes.length >= maxBytes;
    if (isTooLong) {
      field.reset();
      defects.accept(new Defect(Defect.Kind.LIMIT_EXCEEDED, "a header is longer than " + maxBytes));
    } else {
      field.writeBytes(bytes);
    }
  }

  private void startField(byte[] bytes, boolean isWhole) throws IOException {
    if (doubtful.size() > 0) {
      boolean isMailboxLine = isMailboxLine(doubtful.toByteArray()) && !hasFields;
      if (!isMailboxLine && !isCommon(bytes)) {
        startBody(bytes);
        return;
      }
      doubtful.reset();
      if (!isMailboxLine) {
        defects.accept(new Defect(Defect.Kind.BROKEN_HEADER, "a line among the headers is none"));
      }
    }
    emit(field.toByteArray());
    field.reset();
    hasFields = true;
    isTooLong = false;
    append(bytes, isWhole);
  }

  private boolean isDoubtful(byte[] bytes) {
    return hasFields ? !begin(bytes).startsWith("--") : isMailboxLine(bytes);
  }

  /** Returns what the body seems to have for a boundary, once it has begun. */
  Optional<String> boundary() {
    return Optional.ofNullable(boundary);
  }

  /** The first line of the body that looks like a delimiter, wherever a preamble ends. */
  private void guessBoundary(byte[] begun) throws IOException {
    in.mark(PEEK_BYTES);
    String body = begin(begun) + new String(in.readNBytes(PEEK_BYTES), ISO_8859_1);
    in.reset();
    Matcher delimiter = BOUNDARY.matcher(body);
    if (delimiter.find()) {
      boundary = delimiter.group(1);
    }
  }

  /** At the blank line, or at the end of all. */
  private void end(byte[] bytes) throws IOException {
    if (doubtful.size() > 0) {
      startBody(bytes);
      return;
    }
    isBody = true;
    guessBoundary(new byte[0]);
    field.writeBytes(bytes);
    emit(field.toByteArray());
  }

  private void startBody(byte[] bytes) throws IOException {
    isBody = true;
    guessBoundary(bytes);
    defects.accept(
        new Defect(
            Defect.Kind.BROKEN_HEADER,
            hasFields ? "the headers end without a blank line" : "there are no headers"));
    field.writeBytes(new byte[] {'\r', '\n'});
    field.writeBytes(doubtful.toByteArray());
    field.writeBytes(bytes);
    emit(field.toByteArray());
  }

  private void emit(byte[] bytes) {
    ready = bytes;
    readyAt = 0;
  }

  private static boolean isBlank(byte[] line) {
    return line[0] == '\n' || (line.length == 2 && line[0] == '\r' && line[1] == '\n');
  }

  /** What stands before a message in a file of many (RFC 4155), or was quoted there. */
  private static boolean isMailboxLine(byte[] line) {
    String begin = begin(line);
    return begin.startsWith("From ") || begin.startsWith(">From ");
  }

  private static boolean isCommon(byte[] line) {
    return COMMON.matcher(begin(line).toLowerCase(Locale.ROOT)).matches();
  }

  private static String begin(byte[] line) {
    return new String(line, 0, Math.min(line.length, LONGEST_NAME), ISO_8859_1);
  }
}
