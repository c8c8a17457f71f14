// The map with streets: Leaflet and its pictures are loaded only when somebody asks for them.
(() => {
  "use strict";

  const CELL = 56; // Markers within so many pixels become one.
  const CITY = [[-8.05, 112.57], [-7.91, 112.70]];

  const loadScript = (address) => new Promise((done, failed) => {
    if (window.L) { done(); return; }
    const script = document.createElement("script");
    Object.assign(script, { src: address, onload: done, onerror: failed });
    document.head.append(script);
  });
  const loadStyle = (address) => new Promise((done, failed) => {
    if (document.querySelector(`link[href="${address}"]`)) { done(); return; }
    const link = document.createElement("link");
    Object.assign(link, { rel: "stylesheet", href: address, onload: done, onerror: failed });
    // Before our own style sheets, so that ours have the last word.
    document.head.prepend(link);
  });

  const element = (name, text, options = {}) =>
    Object.assign(document.createElement(name), { textContent: text, ...options });

  // What a bubble of text says of some entries: names as links, and how exactly the place is known.
  const describe = (features, words) => {
    const list = document.createElement("ul");
    for (const { properties } of features) {
      const item = document.createElement("li");
      const name = document.createElement("bdi");
      name.append(element("a", properties.name, { href: new URL(properties.url).pathname }));
      item.append(name);
      const notes = [properties.is_sample ? words.sample : "", properties.precision === "exact" ? "" : words.near];
      const shown = notes.filter(Boolean).join(" · ");
      if (shown) item.append(document.createElement("br"), element("small", shown));
      list.append(item);
    }
    return list;
  };

  // Put each entry into a square of the grid at this zoom; those of one square share a marker.
  const clustered = (map, features) => {
    const squares = new Map();
    for (const feature of features) {
      const [longitude, latitude] = feature.geometry.coordinates;
      const point = map.project([latitude, longitude]);
      const key = `${Math.floor(point.x / CELL)}:${Math.floor(point.y / CELL)}`;
      if (!squares.has(key)) squares.set(key, []);
      squares.get(key).push(feature);
    }
    return [...squares.values()];
  };
  const middle = (features) => {
    const sum = features.reduce(([x, y], { geometry: { coordinates: [a, b] } }) => [x + a, y + b], [0, 0]);
    return [sum[1] / features.length, sum[0] / features.length];
  };
  const isOnePlace = (features) =>
    features.every(({ geometry }) => String(geometry.coordinates) === String(features[0].geometry.coordinates));

  const marker = (map, features, words) => {
    const isOne = features.length === 1;
    const samePlace = isOnePlace(features);
    const pattern = samePlace ? words.same : words.several;
    const label = isOne ? features[0].properties.name : pattern.replace("{n}", features.length);
    const size = isOne ? 28 : Math.min(64, 34 + 5 * Math.log2(features.length));
    const near = isOne && features[0].properties.precision !== "exact" ? " near" : "";
    const icon = window.L.divIcon({
      className: isOne ? `map-pin${near}` : "map-cluster",
      html: isOne ? "" : String(features.length),
      iconSize: [size, size],
    });
    const made = window.L.marker(middle(features), { icon, title: label, alt: label, keyboard: true });
    if (isOne || samePlace || map.getZoom() >= map.getMaxZoom()) {
      made.bindPopup(() => describe(features, words));
    } else {
      const places = features.map(({ geometry: { coordinates: [x, y] } }) => [y, x]);
      made.on("click", () => map.fitBounds(window.L.latLngBounds(places).pad(0.2)));
    }
    return made;
  };

  const names = (map, wards) => {
    for (const [name, latitude, longitude] of wards) {
      const icon = window.L.divIcon({ className: "map-name", html: element("span", name), iconSize: null });
      window.L.marker([latitude, longitude], { icon, interactive: false, keyboard: false }).addTo(map);
    }
  };

  const draw = (canvas, features, words) => {
    const map = window.L.map(canvas, {
      maxZoom: 18, zoomControl: false, attributionControl: Boolean(words.tiles),
    });
    window.L.control.zoom({ zoomInTitle: words.in, zoomOutTitle: words.out }).addTo(map);
    if (words.tiles) {
      map.attributionControl.setPrefix(false);
      window.L.tileLayer(words.tiles, { maxZoom: 18, attribution: words.attribution }).addTo(map);
    } else {
      names(map, JSON.parse(words.wards));
    }
    const group = window.L.layerGroup().addTo(map);
    const show = () => {
      group.clearLayers();
      clustered(map, features).forEach((some) => marker(map, some, words).addTo(group));
    };
    const places = features.map(({ geometry: { coordinates: [x, y] } }) => [y, x]);
    map.fitBounds(places.length ? window.L.latLngBounds(places).pad(0.1) : CITY, { maxZoom: 15 });
    map.on("zoomend", show);
    show();
  };

  const open = async (box) => {
    const words = box.dataset;
    const button = box.querySelector("[data-map-open]");
    const state = box.querySelector("[data-map-state]");
    button.disabled = true;
    try {
      const [answer] = await Promise.all([fetch(words.map), loadStyle(words.style), loadScript(words.leaflet)]);
      if (!answer.ok) throw new Error(answer.status);
      const features = (await answer.json()).features.filter(({ geometry }) => geometry);
      const canvas = box.querySelector("[data-map-canvas]");
      canvas.hidden = false;
      button.hidden = true;
      draw(canvas, features, words);
      canvas.focus();
    } catch {
      state.textContent = words.failed;
      button.disabled = false;
    }
  };

  const setUp = (root) => {
    for (const box of root.querySelectorAll("[data-map]")) {
      const button = box.querySelector("[data-map-open]");
      button.hidden = false;
      button.addEventListener("click", () => open(box));
    }
  };
  setUp(document);
  document.addEventListener("htmx:load", (event) => {
    if (event.target !== document.body) setUp(event.target);
  });
})();
