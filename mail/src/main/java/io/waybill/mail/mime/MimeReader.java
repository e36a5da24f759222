package io.waybill.mail.mime;

import io.waybill.mail.Address;
import io.waybill.mail.Header;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.james.mime4j.MimeException;
import org.apache.james.mime4j.io.MaxHeaderLengthLimitException;
import org.apache.james.mime4j.io.MaxLineLimitException;
import org.apache.james.mime4j.stream.EntityState;
import org.apache.james.mime4j.stream.Field;
import org.apache.james.mime4j.stream.MimeConfig;
import org.apache.james.mime4j.stream.MimeTokenStream;
import org.apache.james.mime4j.stream.RecursionMode;
import org.jspecify.annotations.Nullable;

/** Reads any bytes as a message; what is wrong with them becomes a list, never an exception. */
public final class MimeReader {
  private static final int COPY_BUFFER = 64 * 1024;
  private static final List<String> ADDRESS_HEADERS = List.of("from", "to", "cc", "reply-to");

  private final MimeLimits limits;
  private final MimeTokenStream tokens;
  private final Collected collected = new Collected();
  private final HeaderReader reader;
  private final SafeName names = new SafeName();
  private PartHeaders part = new PartHeaders();
  private int depth;
  private int parts;

  private MimeReader(MimeLimits limits) {
    this.limits = limits;
    this.reader = new HeaderReader(limits, collected.defects::add);
    // Counts are ours, so that a message with too many headers is still read. The two lengths bound
    // what the parser itself would hold in memory; body lines are not subject to them.
    this.tokens =
        new MimeTokenStream(
            new MimeConfig.Builder()
                .setMaxLineLen(limits.headerBytes())
                .setMaxHeaderLen(limits.headerBytes())
                .setMaxHeaderCount(-1)
                .setMaxContentLen(-1)
                .build());
  }

  /**
   * Reads a message to its end or to the limits; does not close the source.
   *
   * @throws IOException if the source or a temporary file fails; content never is a reason
   */
  public static ParsedMail read(InputStream source, MimeLimits limits) throws IOException {
    return new MimeReader(limits).read(source);
  }

  private ParsedMail read(InputStream in) throws IOException {
    BoundedSource source = new BoundedSource(in, limits.messageBytes());
    try {
      walk(source);
    } catch (MimeException e) {
      broken(e, "the structure breaks off: ");
    } catch (UncheckedIOException e) {
      collected.release(e);
      throw e.getCause(); // our own temporary file
    } catch (IOException e) {
      if (source.failure() != null) {
        collected.release(e);
        throw source.failure();
      }
      broken(e, "a part cannot be decoded: ");
    } catch (RuntimeException e) {
      // The parser's own slips on hostile input are content too: what was read so far counts.
      defect(Defect.Kind.BROKEN_STRUCTURE, "the parser gave up: " + simpleName(e));
    }
    if (source.isTruncated()) {
      defect(Defect.Kind.LIMIT_EXCEEDED, "only " + limits.messageBytes() + " bytes were read");
    }
    return new ParsedMail(collected, source.count());
  }

  private void walk(InputStream source) throws IOException, MimeException {
    tokens.setRecursionMode(RecursionMode.M_NO_RECURSE);
    tokens.parse(source);
    for (EntityState state = tokens.getState();
        state != EntityState.T_END_OF_STREAM;
        state = tokens.next()) {
      switch (state) {
        case T_START_HEADER -> startPart();
        case T_FIELD -> field(tokens.getField());
        case T_START_MULTIPART -> depth++;
        case T_END_MULTIPART -> depth--;
        case T_BODY -> leaf(tokens.getDecodedInputStream());
        default -> {}
      }
      if (parts > limits.parts()) {
        defect(Defect.Kind.LIMIT_EXCEEDED, "more than " + limits.parts() + " parts");
        return;
      }
    }
  }

  private void startPart() {
    part = new PartHeaders();
    parts++;
    boolean deep = depth >= limits.depth();
    if (deep) {
      defect(Defect.Kind.LIMIT_EXCEEDED, "nested deeper than " + limits.depth());
    }
    tokens.setRecursionMode(deep ? RecursionMode.M_FLAT : RecursionMode.M_NO_RECURSE);
  }

  private void field(Field field) {
    part.count++;
    part.bytes += field.getRaw() == null ? field.getBody().length() : field.getRaw().length();
    if (part.count > limits.headers() || part.bytes > limits.headerBytes()) {
      defect(Defect.Kind.LIMIT_EXCEEDED, "more headers than are read");
      return;
    }
    String name = field.getName().strip();
    String lower = name.toLowerCase(Locale.ROOT);
    String line = HeaderReader.line(field);
    part.lines.putIfAbsent(lower, line);
    if (parts > 1) {
      return;
    }
    collected.headers.add(new Header(name, reader.decode(line)));
    if (ADDRESS_HEADERS.contains(lower)) {
      collected.addresses.computeIfAbsent(lower, key -> reader.addresses(name, line));
    }
    if (lower.equals("date") && collected.date == null) {
      collected.date = reader.date(line).orElse(null);
    }
  }

  private void leaf(InputStream decoded) throws IOException {
    Spool spool = new Spool(Spool.DEFAULT_MEMORY_BYTES);
    collected.spools.add(spool);
    try {
      copy(decoded, spool);
    } finally {
      finish(spool);
      place(spool);
    }
  }

  /** Failures to write are ours and unchecked here, so that they are not taken for bad content. */
  private static void copy(InputStream decoded, Spool spool) throws IOException {
    byte[] buffer = new byte[COPY_BUFFER];
    for (int n = decoded.read(buffer); n >= 0; n = decoded.read(buffer)) {
      try {
        spool.write(buffer, 0, n);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static void finish(Spool spool) {
    try {
      spool.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void place(Spool spool) {
    ParameterReader type =
        new ParameterReader(part.lines.getOrDefault("content-type", "text/plain"), reader::decode);
    ParameterReader disposition =
        new ParameterReader(part.lines.getOrDefault("content-disposition", ""), reader::decode);
    String rawName = disposition.parameter("filename").or(() -> type.parameter("name")).orElse("");
    boolean plain = type.value().equals("text/plain") && collected.text == null;
    boolean html = type.value().equals("text/html") && collected.html == null;
    boolean body =
        (plain || html) && rawName.isEmpty() && !disposition.value().equals("attachment");
    if (body && spool.sizeBytes() <= limits.textBytes()) {
      String text = text(spool, type.parameter("charset").orElse(null));
      if (plain) {
        collected.text = text;
      } else {
        collected.html = text;
      }
      return;
    }
    if (body) {
      defect(Defect.Kind.LIMIT_EXCEEDED, "a text is too long and became an attachment");
    }
    String fallback = "part-" + parts + extension(type.value());
    String name = names.make(rawName, fallback);
    if (!rawName.isEmpty() && !name.equals(rawName)) {
      defect(Defect.Kind.UNSAFE_NAME, "the name of part " + parts + " was changed");
    }
    collected.attachments.add(
        new ReceivedAttachment(
            name,
            rawName,
            type.value(),
            contentId(part.lines.get("content-id")),
            disposition.value().equals("inline"),
            spool));
  }

  private String text(Spool spool, @Nullable String charset) {
    try (InputStream in = spool.open()) {
      Charsets.Decoded decoded = Charsets.decode(in.readAllBytes(), charset);
      if (!decoded.isAsDeclared()) {
        defect(Defect.Kind.CHARSET, "part " + parts + " is not what its charset says");
      }
      return decoded.text();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static @Nullable String contentId(@Nullable String line) {
    return line == null ? null : line.replaceAll("^<|>$", "");
  }

  private static String extension(String type) {
    return switch (type) {
      case "text/plain" -> ".txt";
      case "text/html" -> ".html";
      case "text/calendar" -> ".ics";
      case "message/rfc822" -> ".eml";
      default -> ".bin";
    };
  }

  private void defect(Defect.Kind kind, String detail) {
    Defect defect = new Defect(kind, detail);
    if (!collected.defects.contains(defect)) {
      collected.defects.add(defect);
    }
  }

  private void broken(Exception e, String how) {
    boolean tooLong =
        e instanceof MaxHeaderLengthLimitException
            || e instanceof MaxLineLimitException
            || e.getCause() instanceof MaxLineLimitException;
    if (tooLong) {
      defect(Defect.Kind.LIMIT_EXCEEDED, "a header is longer than " + limits.headerBytes());
    } else {
      defect(Defect.Kind.BROKEN_STRUCTURE, how + simpleName(e));
    }
  }

  private static String simpleName(Exception e) {
    return e.getClass().getSimpleName();
  }

  /** The headers of the part that is being read. */
  private static final class PartHeaders {
    final Map<String, String> lines = new HashMap<>();
    int count;
    long bytes;
  }

  /** What was read so far; complete or not, it is the result. */
  static final class Collected {
    final List<Header> headers = new ArrayList<>();
    final Map<String, List<Address>> addresses = new HashMap<>();
    final List<ReceivedAttachment> attachments = new ArrayList<>();
    final List<Defect> defects = new ArrayList<>();
    final List<Spool> spools = new ArrayList<>();
    @Nullable Instant date;
    @Nullable String text;
    @Nullable String html;

    void release(Exception failure) {
      for (Spool spool : spools) {
        try {
          spool.release();
        } catch (IOException e) {
          failure.addSuppressed(e);
        }
      }
    }
  }
}
