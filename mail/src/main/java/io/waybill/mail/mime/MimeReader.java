package io.waybill.mail.mime;

import io.waybill.mail.Address;
import io.waybill.mail.mime.ReceivedPart.Role;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.james.mime4j.MimeException;
import org.apache.james.mime4j.codec.DecodeMonitor;
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

  /** There may be one for each open multipart at a time. */
  private static final int PREAMBLE_MEMORY_BYTES = 16 * 1024;

  /** Of all parts; those for which nothing is left go to files sooner. */
  private static final long MEMORY_BYTES = 16 * Spool.DEFAULT_MEMORY_BYTES;

  /** Of all multiparts that are open: the parser compares each byte with each of them. */
  private static final int LONGEST_BOUNDARIES = 1000;

  private static final List<String> ADDRESS_HEADERS = List.of("from", "to", "cc", "reply-to");

  private final MimeLimits limits;
  private final FieldLines fields;
  private @Nullable HeaderBlockInput block; // of the message itself
  private final MimeTokenStream tokens;
  private final Collected collected = new Collected();
  private final HeaderReader reader;
  private final SafeName names = new SafeName();
  private final DeliveryReportReader report = new DeliveryReportReader();
  private final Deque<Branch> branches = new ArrayDeque<>(List.of(new Branch("", 0)));
  private PartHeaders part = new PartHeaders();
  private int depth;
  private int parts;
  private long memoryLeft = MEMORY_BYTES;

  private MimeReader(MimeLimits limits) {
    this.limits = limits;
    this.reader = new HeaderReader(limits, collected.defects::add);
    this.fields =
        new FieldLines(limits.headerBytes(), this::noField, () -> newSpool(PREAMBLE_MEMORY_BYTES));
    // Counts are ours, so that a message with too many headers is still read. The two lengths bound
    // what the parser itself would hold in memory; body lines are not subject to them.
    this.tokens =
        new MimeTokenStream(
            new MimeConfig.Builder()
                .setMaxLineLen(limits.headerBytes())
                .setMaxHeaderLen(limits.headerBytes())
                .setMaxHeaderCount(-1)
                .setMaxContentLen(-1)
                .build(),
            new Complaints(),
            fields,
            new BodyDescriptors(() -> block == null ? Optional.empty() : block.boundary()));
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
      LineEnds lines = LineEnds.of(source);
      if (lines.isConverted()) {
        defect(Defect.Kind.BROKEN_STRUCTURE, "its lines end in carriage returns alone");
      }
      block = new HeaderBlockInput(lines.stream(), limits.headerBytes(), collected.defects::add);
      walk(block);
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
    while (branches.size() > 1) {
      endBranch(); // where the structure broke off
    }
    collected.structure = branches.element().only();
    collected.report =
        report
            .report(header("x-failed-recipients"), Optional.ofNullable(collected.text))
            .orElse(null);
    return new ParsedMail(collected, source.count());
  }

  private Optional<String> header(String name) {
    return collected.headers.stream()
        .filter(each -> each.name().equalsIgnoreCase(name))
        .map(ReceivedHeader::value)
        .findFirst();
  }

  private void endBranch() {
    Branch branch = branches.pop();
    if (branches.isEmpty()) {
      branches.push(branch); // an end without a beginning
      return;
    }
    if (branch.parts.isEmpty()) {
      defect(Defect.Kind.BROKEN_STRUCTURE, "a multipart has no part");
      rescue(branch);
    }
    branches.element().parts.add(branch.part());
  }

  /** What stands before the first boundary is for nobody, unless no boundary comes. */
  private void preamble(InputStream in) throws IOException {
    branches.element().preamble = spool(in);
  }

  private Spool spool(InputStream in) throws IOException {
    Spool spool = newSpool(PREAMBLE_MEMORY_BYTES);
    try {
      copy(in, spool);
    } finally {
      finish(spool);
    }
    return spool;
  }

  private Spool newSpool(int memoryBytes) {
    Spool spool = new Spool(memoryBytes);
    collected.spools.add(spool);
    return spool;
  }

  /** What follows the last boundary is mostly blank lines, but may be parts that have no other. */
  private void epilogue(InputStream in) throws IOException {
    Spool spool = spool(in);
    if (!isBlank(spool)) {
      defect(Defect.Kind.BROKEN_STRUCTURE, "something follows the end of a multipart");
      keep(spool, branches.element());
    }
  }

  private static boolean isBlank(Spool spool) throws IOException {
    try (InputStream in = new BufferedInputStream(spool.open())) {
      int b = in.read();
      while (b >= 0 && b <= ' ') {
        b = in.read();
      }
      return b < 0;
    }
  }

  private void rescue(Branch branch) {
    Spool spool = branch.preamble;
    if (spool != null && spool.sizeBytes() > 0) {
      keep(spool, branch);
    }
  }

  /** Makes a part of what is none. */
  private void keep(Spool spool, Branch branch) {
    ParameterReader plain = new ParameterReader("text/plain", reader::decode);
    boolean isText = collected.text == null && spool.sizeBytes() <= limits.textBytes();
    String name = "";
    if (isText) {
      collected.text = text(spool, plain);
    } else {
      part = new PartHeaders(); // it has none of its own
      name = attach(spool, plain, new ParameterReader("", reader::decode), "");
    }
    Role role = isText ? Role.TEXT : Role.ATTACHMENT;
    branch.parts.add(new ReceivedPart("text/plain", role, name, spool.sizeBytes(), List.of()));
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
        case T_START_MULTIPART -> startMultipart();
        case T_END_MULTIPART -> {
          depth--;
          endBranch();
        }
        case T_PREAMBLE -> preamble(tokens.getInputStream());
        case T_EPILOGUE -> epilogue(tokens.getInputStream());
        case T_BODY -> leaf(decoded());
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
    fields.startPart();
    parts++;
    boolean deep = depth >= limits.depth();
    if (deep) {
      defect(Defect.Kind.LIMIT_EXCEEDED, "nested deeper than " + limits.depth());
    }
    tokens.setRecursionMode(deep ? RecursionMode.M_FLAT : RecursionMode.M_NO_RECURSE);
  }

  private void startMultipart() throws IOException {
    depth++;
    ParameterReader type = type();
    branches.push(new Branch(type.value(), tokens.getBodyDescriptor().getBoundary().length()));
    if (isMultipartWithoutBoundary(type)) {
      defect(Defect.Kind.BROKEN_STRUCTURE, "a multipart names no boundary");
    }
    if (fields.hasBody()) { // which may have been the first of its parts
      keep(spool(fields.before(InputStream.nullInputStream())), branches.element());
    }
    if (branches.stream().mapToInt(each -> each.boundaryLength).sum() > LONGEST_BOUNDARIES) {
      defect(
          Defect.Kind.LIMIT_EXCEEDED, "the boundary of a multipart is too long to be looked for");
      preamble(tokens.getInputStream()); // which is all of it then
    }
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
    collected.headers.add(new ReceivedHeader(name, reader.decode(line), line));
    if (ADDRESS_HEADERS.contains(lower)) {
      collected.addresses.computeIfAbsent(lower, key -> reader.addresses(name, line));
    }
    if (lower.equals("date") && collected.date == null) {
      collected.date = reader.date(line).orElse(null);
    }
  }

  private InputStream decoded() {
    return TransferDecoding.of(
        part.lines.getOrDefault("content-transfer-encoding", ""),
        fields.before(tokens.getInputStream()),
        why -> defect(Defect.Kind.BROKEN_STRUCTURE, why));
  }

  private void leaf(InputStream decoded) throws IOException {
    Spool spool = newSpool(memoryLeft > 0 ? Spool.DEFAULT_MEMORY_BYTES : PREAMBLE_MEMORY_BYTES);
    try {
      copy(decoded, spool);
    } finally {
      finish(spool);
      memoryLeft -= spool.isFile() ? 0 : spool.sizeBytes();
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
    ParameterReader type = type();
    ParameterReader disposition =
        new ParameterReader(part.lines.getOrDefault("content-disposition", ""), reader::decode);
    String rawName = disposition.parameter("filename").or(() -> type.parameter("name")).orElse("");
    boolean isNamed = !rawName.isEmpty() || disposition.value().equals("attachment");
    boolean isUndivided = isMultipartWithoutBoundary(type);
    Role role = isNamed ? Role.ATTACHMENT : role(isUndivided ? "text/plain" : type.value());
    if (isUndivided) {
      defect(Defect.Kind.BROKEN_STRUCTURE, "a multipart names no boundary");
    }
    if (role != Role.ATTACHMENT && spool.sizeBytes() > limits.textBytes()) {
      defect(Defect.Kind.LIMIT_EXCEEDED, "a text is too long and became an attachment");
      role = Role.ATTACHMENT;
    }
    String name = "";
    if (role == Role.ATTACHMENT) {
      name = attach(spool, type, disposition, rawName);
    } else {
      take(role, text(spool, type));
    }
    listen(spool, type);
    branches
        .element()
        .parts
        .add(new ReceivedPart(type.value(), role, name, spool.sizeBytes(), List.of()));
  }

  private static boolean isMultipartWithoutBoundary(ParameterReader type) {
    return type.value().startsWith("multipart/")
        && type.parameter("boundary").filter(boundary -> !boundary.isEmpty()).isEmpty();
  }

  private ParameterReader type() {
    return new ParameterReader(
        part.lines.getOrDefault("content-type", "text/plain"), reader::decode);
  }

  /** The first of each kind is the message's own; what comes behind it is attached to it. */
  private Role role(String type) {
    return switch (type) {
      case "text/plain", "text" -> collected.text == null ? Role.TEXT : Role.ATTACHMENT;
      case "text/html" -> collected.html == null ? Role.HTML : Role.ATTACHMENT;
      case "text/calendar" -> collected.calendar == null ? Role.CALENDAR : Role.ATTACHMENT;
      default -> Role.ATTACHMENT;
    };
  }

  private void take(Role role, String text) {
    switch (role) {
      case TEXT -> collected.text = text;
      case HTML -> collected.html = text;
      default -> collected.calendar = text;
    }
  }

  private String attach(
      Spool spool, ParameterReader type, ParameterReader disposition, String rawName) {
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
    return name;
  }

  /** Some parts say more than their place, whatever they are called. */
  private void listen(Spool spool, ParameterReader type) {
    switch (type.value()) {
      case "text/calendar" -> {
        if (collected.calendar == null && spool.sizeBytes() <= limits.textBytes()) {
          collected.calendar = text(spool, type);
        }
      }
      case "message/delivery-status", "message/global-delivery-status" ->
          report.status(head(spool));
      case "message/rfc822",
          "message/global",
          "text/rfc822-headers",
          "message/rfc822-headers",
          "message/global-headers" ->
          report.original(head(spool));
      default -> {}
    }
  }

  private String head(Spool spool) {
    try (InputStream in = spool.open()) {
      return Charsets.decode(in.readNBytes(limits.headerBytes()), null).text();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String text(Spool spool, ParameterReader type) {
    try (InputStream in = spool.open()) {
      byte[] bytes = in.readAllBytes();
      Optional<String> meta =
          type.value().equals("text/html") ? HtmlCharset.of(bytes) : Optional.empty();
      Charsets.Decoded decoded =
          Charsets.decode(bytes, type.parameter("charset").or(() -> meta).orElse(null));
      if (!decoded.isAsDeclared()) {
        defect(Defect.Kind.CHARSET, "part " + parts + " is not what its charset says");
      }
      boolean isFlowed =
          type.value().equals("text/plain")
              && type.parameter("format").filter("flowed"::equalsIgnoreCase).isPresent();
      return isFlowed
          ? FlowedText.unwrap(
              decoded.text(), type.parameter("delsp").filter("yes"::equalsIgnoreCase).isPresent())
          : decoded.text();
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
    collected.defects.add(new Defect(kind, detail));
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

  /** Hears what the parser puts up with. */
  private final class Complaints extends DecodeMonitor {
    @Override
    public boolean warn(String error, String dropDesc) {
      if (error.contains("prematurely")) {
        defect(Defect.Kind.BROKEN_STRUCTURE, "a part ends without its boundary");
      } else if (error.contains("end of headers")) {
        defect(Defect.Kind.BROKEN_HEADER, "the headers break off");
      } else if (error.contains("header")) {
        noField();
      } else if (!error.startsWith("Found LF")) { // which half the world writes
        defect(Defect.Kind.BROKEN_STRUCTURE, TransferDecoding.MISENCODED);
      }
      return false; // and goes on
    }

    @Override
    public boolean isListening() {
      return true;
    }
  }

  /** The blank line behind no headers at all is none either, and nothing is wrong with it. */
  private void noField() {
    if (part.count > 0) {
      defect(Defect.Kind.BROKEN_HEADER, "a line among the headers is none");
    }
  }

  /** What was read so far; complete or not, it is the result. */
  static final class Collected {
    final List<ReceivedHeader> headers = new ArrayList<>();
    final Map<String, List<Address>> addresses = new HashMap<>();
    final List<ReceivedAttachment> attachments = new ArrayList<>();
    final Set<Defect> defects = new LinkedHashSet<>(); // one may be found at each byte
    final List<Spool> spools = new ArrayList<>();
    @Nullable Instant date;
    @Nullable String text;
    @Nullable String html;
    @Nullable String calendar;
    @Nullable ReceivedPart structure;
    @Nullable DeliveryReport report;

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
