package io.waybill.jobs.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Reads the text of a job file, within bounds. */
final class SourceReader {
  static final int MOST_BYTES = 4 << 20;
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final Problems problems;

  SourceReader(Problems problems) {
    this.problems = problems;
  }

  Optional<SourceText> read(Path file) {
    String name = file.toString();
    try {
      if (Files.isDirectory(file)) {
        problems.unreadable(name, "is a directory, and a job file is needed");
        return Optional.empty();
      }
      byte[] bytes;
      // a pipe too, which a shell makes of <(program)
      try (InputStream in = Files.newInputStream(file)) {
        bytes = in.readNBytes(MOST_BYTES + 1);
      }
      if (bytes.length > MOST_BYTES) {
        problems.unreadable(name, "is larger than 4 MiB, and so no job file");
        return Optional.empty();
      }
      return decode(name, bytes);
    } catch (NoSuchFileException e) {
      problems.unreadable(name, "does not exist");
    } catch (AccessDeniedException e) {
      problems.unreadable(name, "cannot be read: permission denied");
    } catch (IOException e) {
      problems.unreadable(name, "cannot be read: " + e.getMessage());
    }
    return Optional.empty();
  }

  private Optional<SourceText> decode(String name, byte[] bytes) {
    CharBuffer chars = CharBuffer.allocate(bytes.length + 1);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CoderResult result =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT)
            .decode(in, chars, true);
    String text = chars.flip().toString();
    if (result.isError()) {
      SourceText readable = new SourceText(name, text);
      problems.error(readable.at(text.length()), "the file is not UTF-8 from here on");
      return Optional.empty();
    }
    return check(name, text);
  }

  /** Takes a text that was read elsewhere. */
  Optional<SourceText> check(String name, String text) {
    boolean marked = !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK;
    SourceText source = new SourceText(name, marked ? text.substring(1) : text);
    int bad = indexOfUnprintable(source.text());
    if (bad >= 0) {
      problems.error(
          source.at(bad),
          "character U+%04X is not allowed in YAML".formatted((int) source.text().charAt(bad)));
      return Optional.empty();
    }
    return Optional.of(source);
  }

  // YAML 1.2, 5.1: c-printable
  private static int indexOfUnprintable(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean control = Character.isISOControl(c) && "\t\n\r\u0085".indexOf(c) < 0;
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (pair) {
        i++;
      } else if (control || Character.isSurrogate(c) || c == '\uFFFE' || c == '\uFFFF') {
        return i;
      }
    }
    return -1;
  }
}
