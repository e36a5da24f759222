package io.waybill.mail.template;

import io.waybill.mail.Attachment;
import io.waybill.mail.MailException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Range;
import org.jspecify.annotations.Nullable;

/** Takes the files that the images of an HTML text name into the mail. */
final class InlineImages {
  static final int MAX_IMAGE_BYTES = 10 << 20;
  static final int MAX_TOTAL_BYTES = 25 << 20;

  private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):");
  private static final Set<String> LEFT_ALONE = Set.of("http", "https", "data", "cid");
  private static final Set<String> EXTENSIONS = Set.of("png", "jpg", "jpeg", "gif", "svg", "webp");

  private final @Nullable BaseDirectory directory;
  private final Map<Path, InlineImage> images = new LinkedHashMap<>();
  private int totalBytes;

  /** Takes the directory they are below; null if there is none. */
  InlineImages(@Nullable BaseDirectory directory) {
    this.directory = directory;
  }

  /**
   * Returns the HTML with {@code cid:} in the place of the paths of files, which are read.
   *
   * <p>Only the values of those attributes change: a document written anew would lose what some
   * mail programs need, such as conditional comments.
   *
   * @param document parsed from this HTML with positions
   * @throws MailException.InvalidMessage if an image names a file that may not be read; the error
   *     says the line, not the name
   */
  String embed(String html, Document document) {
    List<Element> elements = new ArrayList<>(document.select("img[src]"));
    // what stands in a table but outside of its cells, the parser moves before the table
    elements.sort(Comparator.comparingInt(element -> source(element).startPos()));
    StringBuilder changed = new StringBuilder();
    int done = 0;
    for (Element element : elements) {
      Range range = source(element);
      String path = element.attr("src").strip();
      if (isLeftAlone(path, html, range)) {
        continue;
      }
      String contentId = take(path, html, range).contentId();
      changed.append(html, done, range.startPos()).append("cid:").append(contentId);
      done = range.endPos();
    }
    return changed.append(html, done, html.length()).toString();
  }

  /** Returns the images in the order in which the HTML first names them. */
  List<InlineImage> images() {
    return List.copyOf(images.values());
  }

  private static Range source(Element element) {
    return element.attributes().sourceRange("src").valueRange();
  }

  private static boolean isLeftAlone(String path, String html, Range range) {
    Matcher scheme = SCHEME.matcher(path);
    if (!scheme.lookingAt()) {
      return false;
    }
    if (!LEFT_ALONE.contains(scheme.group(1).toLowerCase(Locale.ROOT))) {
      throw refused(html, range, "has a scheme other than http, https, data and cid");
    }
    return true;
  }

  private InlineImage take(String path, String html, Range range) {
    if (directory == null) {
      throw refused(html, range, "names a file, but no base directory was given");
    }
    try {
      Path real = directory.find(decoded(path));
      InlineImage known = images.get(real);
      if (known != null) {
        return known;
      }
      InlineImage image = read(real);
      images.put(real, image);
      return image;
    } catch (BaseDirectory.Refused e) {
      throw refused(html, range, e.why());
    }
  }

  private InlineImage read(Path real) throws BaseDirectory.Refused {
    // the name of what is read decides, not that of a link to it
    String name = String.valueOf(real.getFileName());
    String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    if (!EXTENSIONS.contains(extension)) {
      throw new BaseDirectory.Refused("names a file that is no png, jpg, jpeg, gif, svg or webp");
    }
    byte[] bytes = BaseDirectory.read(real, MAX_IMAGE_BYTES);
    totalBytes += bytes.length;
    if (totalBytes > MAX_TOTAL_BYTES) {
      throw new BaseDirectory.Refused(
          "makes the images larger than " + MAX_TOTAL_BYTES + " bytes in all");
    }
    return new InlineImage("image" + (images.size() + 1) + "@waybill", Attachment.of(name, bytes));
  }

  /** Decodes percent signs once (RFC 3986 2.1): what they hide is looked at like the rest. */
  private static String decoded(String path) throws BaseDirectory.Refused {
    if (path.indexOf('?') >= 0 || path.indexOf('#') >= 0) {
      throw new BaseDirectory.Refused("names a file with a query or a fragment");
    }
    if (path.indexOf('%') < 0) {
      return path;
    }
    byte[] raw = path.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < raw.length; i++) {
      if (raw[i] != '%') {
        bytes.write(raw[i]);
        continue;
      }
      if (i + 2 >= raw.length
          || !HexFormat.isHexDigit(raw[i + 1])
          || !HexFormat.isHexDigit(raw[i + 2])) {
        throw new BaseDirectory.Refused("has a percent sign that encodes nothing");
      }
      bytes.write((HexFormat.fromHexDigit(raw[i + 1]) << 4) | HexFormat.fromHexDigit(raw[i + 2]));
      i += 2;
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new BaseDirectory.Refused("has percent signs that encode no UTF-8", e);
    }
  }

  private static MailException.InvalidMessage refused(String html, Range range, String why) {
    long line = 1 + html.substring(0, range.startPos()).chars().filter(c -> c == '\n').count();
    return new MailException.InvalidMessage(
        "img src on line " + line + " of the rendered HTML", -1, why);
  }
}
