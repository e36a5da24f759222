package io.waybill.transfer.http;

import io.waybill.transfer.FileEntry;
import io.waybill.transfer.WebQuery;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jspecify.annotations.Nullable;

/**
 * Reads the page that a server makes of a directory: nginx, Apache, lighttpd, Caddy, Python and
 * those that look like them. It is written for people, so only its links count: each that leads to
 * one name directly below. Sizes and times are rounded there, and so left unknown.
 */
final class IndexPage {
  static final int MOST_ENTRIES = 100_000;

  private static final Pattern TITLE =
      Pattern.compile("(?is)\\s*(index of|directory listing (for|of)|directory:|listing of).*");
  private static final Pattern SCHEME = Pattern.compile("^[A-Za-z][A-Za-z0-9+.-]*:.*");

  private final URI address;
  private final String directory;
  private final Map<String, FileEntry> entries = new LinkedHashMap<>();
  // the names of files whose links have a query, and that may have no other link
  private final Set<String> queried = new LinkedHashSet<>();

  private IndexPage(URI address) {
    this.address = address;
    this.directory = address.getRawPath();
  }

  /**
   * Reads a page.
   *
   * @param charset as the server says; null to look in the page
   * @param address where it came from, which is the directory that it is about
   * @throws HttpProtocolException if it is no index page, or links to what cannot be a name
   */
  static List<FileEntry> parse(byte[] page, @Nullable String charset, URI address)
      throws IOException {
    Document document;
    try (ByteArrayInputStream in = new ByteArrayInputStream(page)) {
      document = Jsoup.parse(in, charset, "");
    } catch (IllegalArgumentException e) {
      throw new HttpProtocolException("An index page in a charset that nobody knows");
    }
    if (!isIndex(document)) {
      throw new HttpProtocolException(
          "%s is a page, but no index of a directory as nginx, Apache, lighttpd, Caddy or Python make one; is listing switched on there (nginx: autoindex on)?"
              .formatted(Origin.shown(address)));
    }
    IndexPage index = new IndexPage(address);
    for (Element link : document.select("a[href]")) {
      index.take(link.attr("href").strip());
    }
    index.tellQueries();
    return new ArrayList<>(index.entries.values());
  }

  private static boolean isIndex(Document document) {
    if (TITLE.matcher(document.title()).matches()
        || document.select("h1, h2").stream()
            .anyMatch(heading -> TITLE.matcher(heading.text()).matches())) {
      return true;
    }
    // Caddy's title is the directory's name
    return document.selectFirst(".breadcrumbs") != null
        && document.selectFirst(".listing, #filter, tr.file") != null;
  }

  private void take(String href) throws HttpProtocolException {
    int query = href.indexOf('?');
    Optional<String> below = below(query < 0 ? href : href.substring(0, query));
    if (below.isEmpty()) { // "?C=N;O=D" sorts
      return;
    }
    String encoded = below.get();
    boolean isDirectory = encoded.endsWith("/");
    String name =
        RequestPath.decodeName(isDirectory ? encoded.substring(0, encoded.length() - 1) : encoded);
    if (query >= 0) {
      if (!isDirectory && queried.size() < MOST_ENTRIES) {
        queried.add(name);
      }
      return;
    }
    add(
        entries,
        new FileEntry(
            name,
            isDirectory ? FileEntry.Kind.DIRECTORY : FileEntry.Kind.FILE,
            FileEntry.UNKNOWN_SIZE,
            Optional.empty()));
  }

  // one that is linked only so cannot be asked for by a name, and is told as something else
  private void tellQueries() throws HttpProtocolException {
    for (String name : queried) {
      if (!entries.containsKey(name)) {
        add(
            entries,
            new FileEntry(
                WebQuery.shown(WebQuery.add(name, "")),
                FileEntry.Kind.OTHER,
                FileEntry.UNKNOWN_SIZE,
                Optional.empty()));
      }
    }
  }

  static void add(Map<String, FileEntry> entries, FileEntry entry) throws HttpProtocolException {
    if (entries.size() >= MOST_ENTRIES) {
      throw new HttpProtocolException("An index of more than %d entries".formatted(MOST_ENTRIES));
    }
    // icons link to the same file once more
    entries.merge(entry.path(), entry, (old, again) -> again.isDirectory() ? again : old);
  }

  /** Returns what a link has after the directory, if that is one segment and no query. */
  private Optional<String> below(String href) {
    int fragment = href.indexOf('#');
    String link = fragment < 0 ? href : href.substring(0, fragment);
    if (link.isEmpty()) {
      return Optional.empty();
    }
    if (SCHEME.matcher(link).matches() || link.startsWith("//")) {
      Optional<String> path = pathHere(link);
      if (path.isEmpty()) {
        return path;
      }
      link = path.get();
    }
    if (link.startsWith("/")) {
      if (!link.startsWith(directory)) {
        return Optional.empty();
      }
      link = link.substring(directory.length());
    }
    while (link.startsWith("./")) {
      link = link.substring(2);
    }
    int slash = link.indexOf('/');
    boolean isOneSegment = slash < 0 || slash == link.length() - 1;
    boolean leadsNowhereElse = !link.isEmpty() && !link.equals("/") && !link.matches("\\.{1,2}/?");
    return isOneSegment && leadsNowhereElse ? Optional.of(link) : Optional.empty();
  }

  /** Returns the path of a whole address, if it is one of the same scheme, host and port. */
  private Optional<String> pathHere(String link) {
    int slashes = link.indexOf("//");
    if (slashes < 0) {
      return Optional.empty(); // such as mailto:
    }
    String scheme = slashes == 0 ? address.getScheme() + ":" : link.substring(0, slashes);
    if (scheme.indexOf(':') != scheme.length() - 1) {
      return Optional.empty();
    }
    int slash = link.indexOf('/', slashes + 2);
    String authority = link.substring(slashes + 2, slash < 0 ? link.length() : slash);
    try {
      // without the path, which may have what no address may
      URI origin = new URI(scheme + "//" + authority);
      return slash >= 0
              && origin.getHost() != null
              && origin.getRawUserInfo() == null
              && Origin.isSame(origin, address)
          ? Optional.of(link.substring(slash))
          : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty(); // leads nowhere
    }
  }
}
