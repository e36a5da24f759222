package io.waybill.jobs.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretMaskTest {
  private static final String SECRET = "pa ss\"w\\örd+1";
  private final SecretMask mask = new SecretMask();

  @Test
  void leavesWhatItDoesNotKnow() {
    mask.remember(SECRET);

    assertThat(mask.mask("nothing to see")).isEqualTo("nothing to see");
  }

  @Test
  void blotsTheSecretItself() {
    mask.remember(SECRET);

    assertThat(mask.mask("USER u PASS " + SECRET + "!")).isEqualTo("USER u PASS ***!");
  }

  @Test
  void blotsItPercentEncodedAndEscapedForJson() {
    mask.remember(SECRET);

    assertThat(mask.mask("ftp://u:pa+ss%22w%5C%C3%B6rd%2B1@h")).isEqualTo("ftp://u:***@h");
    assertThat(mask.mask("ftp://u:pa%20ss%22w%5C%C3%B6rd%2B1@h")).isEqualTo("ftp://u:***@h");
    assertThat(mask.mask("{\"p\":\"pa ss\\\"w\\\\örd+1\"}")).isEqualTo("{\"p\":\"***\"}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\0u\0", "\0us\0", "\0use\0", "abcdef"})
  void blotsItInBase64WhateverStandsBeforeIt(String before) {
    String secret = "correct horse battery";
    mask.remember(secret);
    String encoded =
        Base64.getEncoder().encodeToString((before + secret).getBytes(StandardCharsets.UTF_8));

    String masked = mask.mask("AUTH PLAIN " + encoded);

    assertThat(masked).contains("***");
    assertThat(masked.length()).isLessThan(30);
  }

  @Test
  void blotsEachLineOfALongOne() {
    mask.remember("-----BEGIN KEY-----\nMIIEvQIBADANBg\n-----END KEY-----");

    assertThat(mask.mask("got MIIEvQIBADANBg here")).isEqualTo("got *** here");
  }

  @Test
  void theLongerOfTwoThatOverlapLeavesNoRemainder() {
    mask.remember("secret");
    mask.remember("secret-and-more");

    assertThat(mask.mask("secret-and-more, secret")).isEqualTo("***, ***");
  }

  @Test
  void aVeryShortOneIsNotMasked() {
    mask.remember("abc");

    assertThat(mask.mask("abc")).isEqualTo("abc");
  }
}
