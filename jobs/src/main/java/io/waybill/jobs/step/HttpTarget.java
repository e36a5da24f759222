package io.waybill.jobs.step;

import io.waybill.jobs.ArgumentMistake;
import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connection;
import io.waybill.jobs.Connection.Trust;
import io.waybill.jobs.Connection.WebLogin;
import io.waybill.jobs.Connections;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Secret;
import io.waybill.jobs.StepParts;
import io.waybill.jobs.StepParts.Part;
import io.waybill.jobs.log.SecretMask;
import io.waybill.jobs.net.ProxyAddress;
import io.waybill.transfer.tcp.tls.Pin;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.regex.Matcher;

/** Whom an {@code http.request} asks, and how that one is known. */
public final class HttpTarget {
  private static final List<String> OWN_WAY = List.of("user", "token", "pin", "ca", "proxy");
  private static final int MOST_REDIRECTS = 20;

  private final Supplier<At> at;
  private final int redirects;

  private HttpTarget(Supplier<At> at, int redirects) {
    this.at = at;
    this.redirects = redirects;
  }

  /**
   * An address at a server.
   *
   * @param site the server, with its login, trust and proxy
   */
  public record At(Connection.Web site, URI address) {
    /** Returns the address without its query, which may hold what is not to be shown. */
    String shown() {
      String text = address.toString();
      int query = text.indexOf('?');
      return query < 0 ? text : text.substring(0, query);
    }
  }

  /**
   * Reads it. A secret address is not asked for yet.
   *
   * @throws JobException.Configuration if it is none, or what belongs to it does not fit together
   */
  static HttpTarget of(Arguments arguments, Connections connections) {
    StepParts parts = new StepParts();
    Part<Integer> redirects = parts.part("redirects", () -> redirects(arguments));
    Part<List<Pin>> unused = parts.each("pin", () -> arguments.texts("pin"), HttpTarget::pin);
    parts.check("proxy", () -> requireProxy(arguments));
    Part<Supplier<At>> at = parts.part(() -> address(arguments, connections));
    return parts.together(() -> new HttpTarget(at.get(), redirects.get()));
  }

  private static int redirects(Arguments arguments) {
    long redirects = arguments.integer("redirects");
    if (redirects < 0 || redirects > MOST_REDIRECTS) {
      throw new JobException.Configuration("\"redirects\" is from 0 to 20");
    }
    return (int) redirects;
  }

  private static Supplier<At> address(Arguments arguments, Connections connections) {
    Optional<Secret> secret = arguments.secret("url-secret");
    Optional<String> url = arguments.optionalText("url");
    if (secret.isPresent()) {
      return () -> secretly(arguments, secret.get().get());
    }
    if (url.isEmpty()) {
      throw new JobException.Configuration("\"url\" is missing; write https://HOST/PATH");
    }
    At at = at(url.get(), arguments, connections);
    return () -> at;
  }

  /**
   * Reads an address where nobody logs in.
   *
   * @param tls by what a server is known that speaks TLS
   * @throws JobException.Configuration if it is none
   */
  static At open(String url, Trust tls) {
    URI address = address(url);
    boolean isTls = address.getScheme().equalsIgnoreCase("https");
    return new At(
        site(address, isTls ? tls : new Trust.Plaintext(), Optional.empty(), Optional.empty()),
        address);
  }

  /**
   * Returns where it is.
   *
   * @throws JobException.Configuration if a secret address cannot be had, or is none
   */
  At find() {
    return at.get();
  }

  int redirects() {
    return redirects;
  }

  private static At secretly(Arguments arguments, String url) {
    URI address;
    try {
      address = new URI(url);
    } catch (URISyntaxException e) {
      // no cause: it would show the secret
      throw new JobException.Configuration("the secret of \"url-secret\" is no address");
    }
    requireAddress(address, "the secret of \"url-secret\"");
    At at = new At(site(arguments, address), address);
    SecretMask.ofThisProcess().remember(at.shown());
    SecretMask.ofThisProcess().remember(address.getRawPath());
    return at;
  }

  private static At at(String url, Arguments arguments, Connections connections) {
    Matcher named = Place.NAMED.matcher(url);
    StepParts parts = new StepParts();
    connections.requireRight(url.substring(0, Math.max(0, url.indexOf(':')))); // may be no name
    if (!named.matches() || named.group(2).startsWith("//")) {
      Part<URI> address = parts.part("url", () -> address(url));
      Part<Connection.Web> site = parts.part(() -> site(arguments, address.get()));
      return parts.together(() -> new At(site.get(), address.get()));
    }
    Part<At> at = parts.part("url", () -> at(web(named.group(1), connections), named.group(2)));
    OWN_WAY.forEach(key -> parts.check(key, () -> requireAbsent(arguments, key, named.group(1))));
    return parts.together(at::get);
  }

  private static Connection.Web web(String name, Connections connections) {
    Connection connection = connections.require(name, Connection.class);
    if (connection instanceof Connection.Web web) {
      return web;
    }
    throw new JobException.Configuration(
        "connection \"%s\" is not of type https or http, and a web server is asked here"
            .formatted(name));
  }

  private static void requireAbsent(Arguments arguments, String key, String connection) {
    if (arguments.has(key)) {
      throw new JobException.Configuration(
          "\"%s\" stands beside connection \"%s\", which has its own; leave it out"
              .formatted(key, connection));
    }
  }

  private static At at(Connection.Web web, String written) {
    boolean isTls = !(web.trust() instanceof Trust.Plaintext);
    String host = web.host().indexOf(':') >= 0 ? "[" + web.host() + "]" : web.host();
    boolean isUsual = web.port() == (isTls ? 443 : 80);
    String path = written.startsWith("/") ? written : "/" + written;
    String origin = (isTls ? "https://" : "http://") + host + (isUsual ? "" : ":" + web.port());
    return new At(web, address(origin + path));
  }

  private static URI address(String url) {
    try {
      URI address = new URI(url);
      requireAddress(address, "\"url\"");
      return address;
    } catch (URISyntaxException e) {
      throw new JobException.Configuration(
          "\"url\" is no address: %s; a blank is %%20 there".formatted(e.getMessage()), e);
    }
  }

  private static void requireAddress(URI address, String what) {
    String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
    if (!(scheme.equals("https") || scheme.equals("http")) || address.getHost() == null) {
      throw new JobException.Configuration(what + " is no address; write https://HOST/PATH");
    }
    if (address.getRawUserInfo() != null) {
      throw new JobException.Configuration(
          what + " has a login in it; write \"user\" and \"password\" apart from it");
    }
    if (address.getRawFragment() != null) {
      throw new JobException.Configuration(
          what + " has a \"#\", and what follows it is never sent; leave it out, or write %23");
    }
  }

  private static Connection.Web site(Arguments arguments, URI address) {
    boolean isTls = address.getScheme().equalsIgnoreCase("https");
    StepParts parts = new StepParts();
    Part<Trust> trust = parts.part(() -> trust(arguments, isTls));
    Part<Optional<Connection.Proxy>> proxy = parts.part("proxy", () -> proxy(arguments));
    return parts.together(() -> site(address, trust.get(), login(arguments), proxy.get()));
  }

  private static Connection.Web site(
      URI address, Trust trust, Optional<WebLogin> login, Optional<Connection.Proxy> proxy) {
    int usual = trust instanceof Trust.Plaintext ? 80 : 443;
    int port = address.getPort() >= 0 ? address.getPort() : usual;
    String host = address.getHost();
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    Connection.Line line =
        new Connection.Line(OptionalInt.empty(), Optional.empty(), Optional.empty(), proxy);
    try {
      return new Connection.Web(bare, bare, port, trust, login, false, line);
    } catch (IllegalArgumentException e) {
      throw new JobException.Configuration("\"url\": " + e.getMessage(), e);
    }
  }

  private static Trust trust(Arguments arguments, boolean isTls) {
    List<String> pins = arguments.texts("pin");
    Optional<String> ca = arguments.optionalText("ca");
    if (!isTls && (!pins.isEmpty() || ca.isPresent())) {
      String key = pins.isEmpty() ? "ca" : "pin";
      throw new JobException.Configuration(
          new ArgumentMistake(
              List.of(key),
              "\"%s\" is for https, and \"url\" is http; nothing would be checked".formatted(key)));
    }
    if (!isTls) {
      return new Trust.Plaintext();
    }
    return !pins.isEmpty()
        ? new Trust.Pinned(pins)
        : ca.<Trust>map(pem -> new Trust.Authority(Path.of(pem))).orElseGet(Trust.Public::new);
  }

  private static Pin pin(String text) {
    try {
      return Pin.parse(text);
    } catch (IllegalArgumentException e) {
      throw new JobException.Configuration("\"pin\": " + e.getMessage(), e);
    }
  }

  private static Optional<WebLogin> login(Arguments arguments) {
    Optional<WebLogin> basic =
        arguments
            .optionalText("user")
            .flatMap(
                user ->
                    arguments.secret("password").map(secret -> new WebLogin.Basic(user, secret)));
    return basic.or(() -> arguments.secret("token").map(WebLogin.Bearer::new));
  }

  private static void requireProxy(Arguments arguments) {
    try {
      arguments.optionalText("proxy").ifPresent(ProxyAddress::withoutLogin);
    } catch (JobException.Configuration e) {
      throw new JobException.Configuration("\"proxy\" is " + e.getMessage(), e);
    }
  }

  private static Optional<Connection.Proxy> proxy(Arguments arguments) {
    Optional<String> url = arguments.optionalText("proxy");
    Optional<Connection.Login> login =
        arguments
            .optionalText("proxy-user")
            .flatMap(
                user ->
                    arguments
                        .secret("proxy-password")
                        .map(secret -> new Connection.Login(user, secret)));
    return url.map(address -> new Connection.Proxy(address, login));
  }
}
