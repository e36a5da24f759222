package io.waybill.jobs.config;

import io.waybill.jobs.MailLogin;
import io.waybill.jobs.MailLogin.Issuer;
import io.waybill.jobs.Secret;
import io.waybill.mail.oauth.OAuth2TokenSource;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/** Reads where the access tokens of a connection come from. */
final class OAuthReader {
  private static final String ANY_TENANT = "common";

  private final Section section;
  private final Problems problems;

  OAuthReader(Section section, Problems problems) {
    this.section = section;
    this.problems = problems;
  }

  /** Reads it; empty if something is wrong. */
  Optional<MailLogin.OAuth> read() {
    Optional<Issuer> issuer = issuer();
    Optional<String> clientId = section.text("client-id").filter(this::isClientRight);
    Optional<Secret> clientSecret = section.secret("client-secret");
    Optional<Secret> refreshToken = section.secret("refresh-token");
    Optional<String> scope = section.text("scope");
    boolean right =
        section.has("client-secret") == clientSecret.isPresent()
            && section.has("refresh-token") == refreshToken.isPresent()
            && section.has("scope") == scope.isPresent();
    if (issuer.isEmpty() || clientId.isEmpty() || !right || !grantIsRight(issuer.get())) {
      return Optional.empty();
    }
    return Optional.of(
        new MailLogin.OAuth(
            issuer.get(), new MailLogin.Client(clientId.get(), clientSecret), refreshToken, scope));
  }

  private Optional<Issuer> issuer() {
    if (section.has("provider") == section.has("endpoint")) {
      return section.has("provider")
          ? wrong(
              section.origin("endpoint"),
              "\"provider\" and \"endpoint\" are two places to ask for tokens; write one of them")
          : wrong(
              section.origin("provider"),
              section.place().description() + " needs a \"provider\" or an \"endpoint\"");
    }
    Optional<String> provider = section.text("provider");
    boolean isMicrosoft = provider.filter("microsoft"::equals).isPresent();
    if (section.has("tenant") && !isMicrosoft && section.has("provider") == provider.isPresent()) {
      return wrong(section.origin("tenant"), "\"tenant\" is for \"provider: microsoft\"");
    }
    if (section.has("endpoint")) {
      return section.text("endpoint").flatMap(this::endpoint);
    }
    if (!isMicrosoft) {
      return provider.map(google -> new Issuer.Google());
    }
    return section.has("tenant")
        ? section.text("tenant").flatMap(this::microsoft)
        : Optional.of(new Issuer.Microsoft(ANY_TENANT));
  }

  private Optional<Issuer> microsoft(String tenant) {
    try {
      OAuth2TokenSource.microsoft(tenant);
      return Optional.of(new Issuer.Microsoft(tenant));
    } catch (IllegalArgumentException e) {
      return wrong(section.valueOrigin("tenant"), "\"tenant\": " + e.getMessage());
    }
  }

  private Optional<Issuer> endpoint(String text) {
    try {
      URI uri = new URI(text);
      OAuth2TokenSource.builder(uri);
      return Optional.of(new Issuer.Endpoint(uri));
    } catch (URISyntaxException e) {
      return wrong(section.valueOrigin("endpoint"), "\"endpoint\" is no address: " + e.getReason());
    } catch (IllegalArgumentException e) {
      return wrong(section.valueOrigin("endpoint"), "\"endpoint\": " + e.getMessage());
    }
  }

  private boolean isClientRight(String id) {
    try {
      OAuth2TokenSource.google().clientId(id).clientSecret(() -> "").clientCredentials().build();
      return true;
    } catch (IllegalArgumentException e) {
      problems.error(section.valueOrigin("client-id"), "\"client-id\": " + e.getMessage());
      return false;
    }
  }

  /** A client that acts for itself proves itself, and names the directory that lets it. */
  private boolean grantIsRight(Issuer issuer) {
    if (section.has("refresh-token")) {
      return true;
    }
    if (issuer instanceof Issuer.Google) {
      missing("refresh-token", "; without one Google lets nobody into a mailbox");
      return false;
    }
    if (!section.has("client-secret")) {
      missing("refresh-token", "; or a \"client-secret\", by which the client acts for itself");
      return false;
    }
    boolean isAnyTenant = issuer instanceof Issuer.Microsoft at && at.tenant().equals(ANY_TENANT);
    if (isAnyTenant) {
      missing("tenant", ", whose client acts for itself");
    }
    return !isAnyTenant;
  }

  private void missing(String key, String rest) {
    new ServerReader(section, problems).missing(key, rest);
  }

  private Optional<Issuer> wrong(Origin where, String why) {
    problems.error(where, why);
    return Optional.empty();
  }
}
