package dev.weir.console.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/// The page for people: files that come with Weir, and nothing from anywhere else. Pure functions.
final class Assets {

    /// Only what comes from here runs, and only what comes from here is asked for; nothing in the page itself does.
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private record Asset(String file, String contentType) {}

    private static final Map<String, Asset> ASSETS = Map.of(
            "/", new Asset("index.html", "text/html; charset=utf-8"),
            "/dashboard.css", new Asset("dashboard.css", "text/css; charset=utf-8"),
            "/dashboard.js", new Asset("dashboard.js", "text/javascript; charset=utf-8"),
            "/charts.js", new Asset("charts.js", "text/javascript; charset=utf-8"));

    private Assets() {}

    /// The file of that path, or that there is none.
    static Response find(String path) throws IOException {
        Asset asset = ASSETS.get(path);
        if (asset == null) {
            return Response.error(404, "not found");
        }
        try (InputStream in = Assets.class.getResourceAsStream("dashboard/" + asset.file())) {
            if (in == null) {
                throw new IOException("the distribution lacks " + asset.file());
            }
            return new Response(200, asset.contentType(), in.readAllBytes())
                    .with("Content-Security-Policy", POLICY)
                    .with("Cache-Control", "no-cache");
        }
    }
}
