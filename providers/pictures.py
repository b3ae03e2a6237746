"""
Small product pictures, drawn rather than photographed, for the catalogues we invent ourselves.

A leaf: the suppliers' samples use it, it knows none of them. The same arguments always draw the same picture,
so a picture's address can say everything needed to draw it and nothing has to be stored.
"""

import colorsys
from hashlib import blake2b
from html import escape
from types import MappingProxyType
from typing import Final

# Each pictogram lives on a 200 x 200 canvas and stands on y = 160. Placeholders: m the colour of the thing,
# d and l the same darker and lighter, a an accent from the seed, i ink for small parts, w for highlights.
PICTOGRAMS: Final = MappingProxyType(
    {
        "lamp": (
            '<path d="M70 50h60l22 52H48z" fill="{m}"/><path d="M70 50h22l-8 52H48z" fill="{l}"/>'
            '<rect x="96" y="102" width="8" height="44" fill="{d}"/>'
            '<rect x="70" y="146" width="60" height="14" rx="7" fill="{d}"/>'
        ),
        "lantern": (
            '<path d="M84 46a16 16 0 0 1 32 0" fill="none" stroke="{d}" stroke-width="6"/>'
            '<path d="M72 62h56l8 12H64z" fill="{d}"/>'
            '<rect x="68" y="74" width="64" height="72" rx="6" fill="{l}"/>'
            '<path d="M100 88q18 22 0 42q-18-20 0-42z" fill="#f0a63c"/>'
            '<path d="M68 74v72M132 74v72" stroke="{m}" stroke-width="8"/>'
            '<rect x="60" y="146" width="80" height="14" rx="5" fill="{m}"/>'
        ),
        "bulb": (
            '<path d="M100 40a44 44 0 0 1 26 79v15H74v-15a44 44 0 0 1 26-79z" fill="{m}"/>'
            '<path d="M82 66a26 26 0 0 1 18-10" fill="none" stroke="{w}" stroke-width="7" '
            'stroke-linecap="round"/><path d="M88 92l12 12 12-12v42h-24z" fill="{l}"/>'
            '<rect x="78" y="136" width="44" height="9" rx="4" fill="{i}"/>'
            '<rect x="84" y="149" width="32" height="9" rx="4" fill="{i}"/>'
        ),
        "strip": (
            '<path d="M40 140q0-70 60-70t60 70" fill="none" stroke="{d}" stroke-width="20" '
            'stroke-linecap="round"/>'
            '<path d="M40 140q0-70 60-70t60 70" fill="none" stroke="{l}" stroke-width="8" '
            'stroke-dasharray="2 16" stroke-linecap="round"/>'
            '<rect x="26" y="136" width="28" height="24" rx="6" fill="{m}"/>'
        ),
        "candle": (
            '<path d="M100 40q18 24 0 40q-18-16 0-40z" fill="#f0a63c"/>'
            '<rect x="98" y="76" width="4" height="14" fill="{i}"/>'
            '<rect x="68" y="88" width="64" height="72" rx="8" fill="{m}"/>'
            '<rect x="68" y="88" width="20" height="72" rx="8" fill="{l}"/>'
            '<rect x="68" y="116" width="64" height="20" fill="{w}" opacity=".75"/>'
        ),
        "cushion": (
            '<path d="M46 66q54 14 108 0q-12 44 0 88q-54-14-108 0q12-44 0-88z" fill="{m}"/>'
            '<path d="M66 84q34 8 68 0M62 110h76M66 136q34-8 68 0" fill="none" stroke="{l}" '
            'stroke-width="6"/><circle cx="100" cy="110" r="8" fill="{d}"/>'
        ),
        "blanket": (
            '<path d="M44 90q56-34 112 0v56q-56-26-112 14z" fill="{m}"/>'
            '<path d="M44 112q56-34 112 0v14q-56-32-112 2z" fill="{l}"/>'
            '<path d="M44 160v8M60 152v8M76 147v8M92 143v8M108 141v8M124 142v8M140 144v8M154 146v8" '
            'stroke="{d}" stroke-width="5"/>'
        ),
        "curtain": (
            '<rect x="36" y="44" width="128" height="8" rx="4" fill="{i}"/>'
            '<path d="M44 54h50q-4 60-34 104H44z" fill="{m}"/>'
            '<path d="M156 54h-50q4 60 34 104h16z" fill="{m}"/>'
            '<path d="M60 54q-2 60-8 104M76 54q-4 50-16 100M140 54q2 60 8 104M124 54q4 50 16 100" '
            'stroke="{d}" stroke-width="3" fill="none"/>'
        ),
        "towel": (
            '<rect x="40" y="50" width="120" height="8" rx="4" fill="{i}"/>'
            '<rect x="60" y="48" width="80" height="106" rx="6" fill="{m}"/>'
            '<rect x="60" y="118" width="80" height="10" fill="{l}"/>'
            '<rect x="60" y="134" width="80" height="6" fill="{d}"/>'
        ),
        "plant": (
            '<path d="M100 112q-50-6-46-60q46 2 46 60z" fill="#6fae6b"/>'
            '<path d="M100 112q44-14 40-66q-42 10-40 66z" fill="#518c58"/>'
            '<path d="M66 108h68l-10 52H76z" fill="{m}"/>'
            '<rect x="60" y="104" width="80" height="14" rx="5" fill="{d}"/>'
        ),
        "watering": (
            '<path d="M66 92h64v60a8 8 0 0 1-8 8H74a8 8 0 0 1-8-8z" fill="{m}"/>'
            '<path d="M66 126L34 84" stroke="{d}" stroke-width="10"/>'
            '<path d="M22 92l26-20" stroke="{d}" stroke-width="10" stroke-linecap="round"/>'
            '<path d="M130 100q34 0 30 28t-30 24" fill="none" stroke="{d}" stroke-width="9"/>'
            '<path d="M74 92q24-44 48 0" fill="none" stroke="{l}" stroke-width="8"/>'
        ),
        "box": (
            '<path d="M48 78l52-22 52 22-52 22z" fill="{l}"/><path d="M48 78l52 22v60l-52-24z" fill="{m}"/>'
            '<path d="M152 78l-52 22v60l52-24z" fill="{d}"/>'
            '<path d="M74 67l52 22v18" fill="none" stroke="{w}" stroke-width="7" opacity=".8"/>'
        ),
        "basket": (
            '<path d="M64 88q36-72 72 0" fill="none" stroke="{d}" stroke-width="8"/>'
            '<path d="M44 88h112l-14 72H58z" fill="{m}"/>'
            '<path d="M52 108h96M56 126h88M60 144h80M76 88l6 72M100 88v72M124 88l-6 72" stroke="{l}" '
            'stroke-width="4"/>'
        ),
        "shelf": (
            '<rect x="50" y="44" width="100" height="116" rx="4" fill="{d}"/>'
            '<path d="M58 52h84v30H58zM58 90h84v28H58zM58 126h84v26H58z" fill="{l}"/>'
            '<rect x="66" y="62" width="8" height="20" fill="{m}"/>'
            '<rect x="78" y="58" width="9" height="24" fill="{a}"/>'
            '<circle cx="124" cy="108" r="10" fill="{m}"/>'
            '<rect x="68" y="138" width="34" height="14" fill="{a}"/>'
        ),
        "hook": (
            '<rect x="44" y="60" width="112" height="26" rx="8" fill="{m}"/>'
            '<path d="M66 86v34a12 12 0 0 0 24 0M110 86v34a12 12 0 0 0 24 0" fill="none" stroke="{d}" '
            'stroke-width="9" stroke-linecap="round"/><circle cx="60" cy="73" r="4" fill="{w}"/>'
            '<circle cx="140" cy="73" r="4" fill="{w}"/>'
        ),
        "pan": (
            '<ellipse cx="84" cy="116" rx="54" ry="40" fill="{d}"/>'
            '<ellipse cx="84" cy="110" rx="54" ry="38" fill="{m}"/>'
            '<ellipse cx="84" cy="110" rx="42" ry="28" fill="{l}"/>'
            '<path d="M130 94l44-30" stroke="{i}" stroke-width="13" stroke-linecap="round"/>'
        ),
        "pot": (
            '<rect x="54" y="86" width="92" height="74" rx="14" fill="{m}"/>'
            '<rect x="54" y="86" width="26" height="74" rx="13" fill="{l}"/>'
            '<rect x="46" y="76" width="108" height="14" rx="7" fill="{d}"/>'
            '<circle cx="100" cy="66" r="9" fill="{i}"/>'
            '<path d="M54 108H38M146 108h16" stroke="{i}" stroke-width="11" stroke-linecap="round"/>'
        ),
        "knife": (
            '<path d="M90 40q36 30 32 74H90z" fill="#b9c3cd"/>'
            '<path d="M90 40q10 30 8 74h-8z" fill="#8e9aa6"/>'
            '<rect x="88" y="112" width="34" height="9" rx="3" fill="{i}"/>'
            '<rect x="92" y="120" width="24" height="42" rx="9" fill="{m}"/>'
            '<circle cx="104" cy="134" r="3" fill="{l}"/><circle cx="104" cy="149" r="3" fill="{l}"/>'
        ),
        "utensil": (
            '<path d="M66 44a16 22 0 0 1 8 42v76h-16V86a16 22 0 0 1 8-42z" fill="{m}"/>'
            '<path d="M122 44v34q0 10 8 12v72h14V90q8-2 8-12V44h-6v32h-6V44h-6v32h-6V44z" fill="{d}"/>'
        ),
        "cup": (
            '<path d="M54 74h80v58a28 28 0 0 1-28 28H82a28 28 0 0 1-28-28z" fill="{m}"/>'
            '<path d="M54 74h22v84q-22-6-22-26z" fill="{l}"/>'
            '<path d="M134 88q30-2 28 22t-32 24" fill="none" stroke="{d}" stroke-width="10"/>'
            '<path d="M80 60q-8-10 0-20M104 60q-8-10 0-20" stroke="{a}" stroke-width="5" fill="none" '
            'stroke-linecap="round"/>'
        ),
        "bottle": (
            '<rect x="84" y="38" width="32" height="20" rx="5" fill="{d}"/>'
            '<path d="M84 60h32q0 14 12 22v70a8 8 0 0 1-8 8H80a8 8 0 0 1-8-8V82q12-8 12-22z" fill="{m}"/>'
            '<path d="M84 60h8q0 14-6 24v76h-6a8 8 0 0 1-8-8V82q12-8 12-22z" fill="{l}"/>'
            '<rect x="72" y="104" width="56" height="26" fill="{w}" opacity=".7"/>'
        ),
        "bowl": (
            '<path d="M40 92h120q-4 66-44 66H84q-40 0-44-66z" fill="{m}"/>'
            '<ellipse cx="100" cy="92" rx="60" ry="14" fill="{l}"/>'
            '<ellipse cx="100" cy="94" rx="46" ry="8" fill="{a}"/>'
        ),
        "jar": (
            '<rect x="68" y="48" width="64" height="18" rx="6" fill="{m}"/>'
            '<rect x="62" y="66" width="76" height="94" rx="14" fill="{w}"/>'
            '<path d="M62 100h76v46a14 14 0 0 1-14 14H76a14 14 0 0 1-14-14z" fill="{a}"/>'
            '<rect x="80" y="106" width="40" height="28" rx="4" fill="{l}"/>'
        ),
        "mould": (
            '<path d="M44 100q6-16 22-16q6-22 34-22t34 22q16 0 22 16z" fill="{l}"/>'
            '<path d="M44 100h112l-16 58H60z" fill="{m}"/>'
            '<path d="M68 100l6 58M90 100l3 58M110 100l-3 58M132 100l-6 58" stroke="{d}" stroke-width="5"/>'
            '<circle cx="100" cy="58" r="8" fill="{a}"/>'
        ),
        "handbag": (
            '<path d="M70 92q0-46 30-46t30 46" fill="none" stroke="{d}" stroke-width="9"/>'
            '<path d="M50 86h100l10 74H40z" fill="{m}"/>'
            '<path d="M50 86h100l4 28q-54 18-108 0z" fill="{d}"/>'
            '<rect x="92" y="108" width="16" height="16" rx="4" fill="{a}"/>'
        ),
        "backpack": (
            '<path d="M82 56q0-16 18-16t18 16" fill="none" stroke="{d}" stroke-width="8"/>'
            '<rect x="56" y="52" width="88" height="108" rx="30" fill="{m}"/>'
            '<rect x="66" y="104" width="68" height="48" rx="12" fill="{d}"/>'
            '<path d="M66 120h68" stroke="{l}" stroke-width="5"/>'
            '<rect x="84" y="72" width="32" height="14" rx="7" fill="{l}"/>'
            '<rect x="94" y="116" width="12" height="16" rx="4" fill="{a}"/>'
        ),
        "suitcase": (
            '<path d="M84 66V38h32v28" fill="none" stroke="{i}" stroke-width="7"/>'
            '<rect x="58" y="62" width="84" height="92" rx="12" fill="{m}"/>'
            '<path d="M76 70v76M92 70v76M108 70v76M124 70v76" stroke="{d}" stroke-width="5"/>'
            '<circle cx="74" cy="158" r="7" fill="{i}"/><circle cx="126" cy="158" r="7" fill="{i}"/>'
        ),
        "wallet": (
            '<rect x="44" y="74" width="112" height="80" rx="12" fill="{m}"/>'
            '<path d="M44 86q0-18 18-18l76-10v16" fill="{d}"/>'
            '<rect x="112" y="100" width="48" height="30" rx="10" fill="{l}"/>'
            '<circle cx="128" cy="115" r="6" fill="{a}"/>'
        ),
        "necklace": (
            '<path d="M56 44q0 78 44 84q44-6 44-84" fill="none" stroke="{m}" stroke-width="6" '
            'stroke-dasharray="9 3"/><path d="M100 122l20 16-20 24-20-24z" fill="{a}"/>'
            '<path d="M80 138h40M100 122v40" stroke="{w}" stroke-width="2"/>'
        ),
        "ring": (
            '<circle cx="100" cy="116" r="40" fill="none" stroke="{m}" stroke-width="13"/>'
            '<circle cx="100" cy="116" r="44" fill="none" stroke="{l}" stroke-width="3"/>'
            '<path d="M78 50h44l12 16-34 30-34-30z" fill="{a}"/>'
            '<path d="M66 66h68M88 66l12 30 12-30-6-16h-12z" fill="none" stroke="{w}" stroke-width="2.5"/>'
        ),
        "earring": (
            '<path d="M70 60q-6-18 6-18t6 18M124 60q-6-18 6-18t6 18" fill="none" stroke="{i}" '
            'stroke-width="4"/><circle cx="76" cy="88" r="24" fill="none" stroke="{m}" stroke-width="8"/>'
            '<circle cx="130" cy="88" r="24" fill="none" stroke="{m}" stroke-width="8"/>'
            '<circle cx="76" cy="130" r="13" fill="{a}"/><circle cx="130" cy="130" r="13" fill="{a}"/>'
        ),
        "watch": (
            '<rect x="80" y="36" width="40" height="128" rx="10" fill="{d}"/>'
            '<circle cx="100" cy="100" r="40" fill="{m}"/><circle cx="100" cy="100" r="31" fill="{w}"/>'
            '<path d="M100 100V80M100 100l16 8" stroke="{i}" stroke-width="5" stroke-linecap="round"/>'
            '<rect x="138" y="94" width="9" height="12" rx="3" fill="{m}"/>'
        ),
        "clip": (
            '<path d="M46 116q54-60 108-16q4 12-6 18q-48-34-90 12q-14 2-12-14z" fill="{m}"/>'
            '<path d="M54 132q46 26 92-4" fill="none" stroke="{d}" stroke-width="9" '
            'stroke-linecap="round"/><circle cx="100" cy="92" r="9" fill="{a}"/>'
            '<circle cx="76" cy="102" r="6" fill="{w}"/><circle cx="124" cy="98" r="6" fill="{w}"/>'
        ),
        "phone": (
            '<rect x="66" y="38" width="68" height="124" rx="14" fill="{m}"/>'
            '<rect x="72" y="46" width="56" height="108" rx="8" fill="{l}"/>'
            '<rect x="78" y="52" width="22" height="32" rx="8" fill="{d}"/>'
            '<circle cx="89" cy="61" r="5" fill="{w}"/><circle cx="89" cy="75" r="5" fill="{w}"/>'
            '<path d="M82 126q18 20 36 0" fill="none" stroke="{a}" stroke-width="6" '
            'stroke-linecap="round"/>'
        ),
        "charger": (
            '<rect x="56" y="70" width="56" height="60" rx="12" fill="{m}"/>'
            '<path d="M72 70V52M96 70V52" stroke="{i}" stroke-width="8" stroke-linecap="round"/>'
            '<path d="M84 130q0 30 30 28t26-40v-8" fill="none" stroke="{d}" stroke-width="7"/>'
            '<rect x="130" y="82" width="20" height="30" rx="5" fill="{d}"/>'
            '<path d="M88 80l-14 22h12l-4 18 16-24H86z" fill="{a}"/>'
        ),
        "stand": (
            '<rect x="70" y="40" width="60" height="84" rx="10" fill="{l}" transform="rotate(-8 100 80)"/>'
            '<path d="M66 122h60l10 12H62z" fill="{d}"/>'
            '<path d="M104 126l24 26" stroke="{m}" stroke-width="13"/>'
            '<rect x="52" y="148" width="96" height="12" rx="6" fill="{m}"/>'
        ),
        "headphones": (
            '<path d="M48 112V98a52 52 0 0 1 104 0v14" fill="none" stroke="{d}" stroke-width="11"/>'
            '<rect x="38" y="104" width="30" height="52" rx="14" fill="{m}"/>'
            '<rect x="132" y="104" width="30" height="52" rx="14" fill="{m}"/>'
            '<rect x="60" y="110" width="10" height="40" rx="5" fill="{a}"/>'
            '<rect x="130" y="110" width="10" height="40" rx="5" fill="{a}"/>'
        ),
        "speaker": (
            '<rect x="62" y="42" width="76" height="118" rx="16" fill="{m}"/>'
            '<circle cx="100" cy="118" r="28" fill="{d}"/><circle cx="100" cy="118" r="12" fill="{l}"/>'
            '<circle cx="100" cy="68" r="14" fill="{d}"/><circle cx="100" cy="68" r="5" fill="{a}"/>'
        ),
        "keyboard": (
            '<rect x="30" y="82" width="140" height="66" rx="10" fill="{m}"/>'
            '<path d="M42 98h116M42 114h116" stroke="{w}" stroke-width="10" stroke-dasharray="12 5"/>'
            '<path d="M68 132h64" stroke="{a}" stroke-width="10" stroke-linecap="round"/>'
        ),
        "mouse": (
            '<path d="M100 66V44" stroke="{i}" stroke-width="5"/>'
            '<rect x="66" y="62" width="68" height="98" rx="34" fill="{m}"/>'
            '<path d="M100 62v40M66 102h68" stroke="{d}" stroke-width="5"/>'
            '<rect x="94" y="76" width="12" height="22" rx="6" fill="{a}"/>'
        ),
        "notebook": (
            '<rect x="54" y="44" width="92" height="116" rx="8" fill="{m}"/>'
            '<rect x="54" y="44" width="18" height="116" rx="8" fill="{d}"/>'
            '<rect x="86" y="64" width="46" height="26" rx="4" fill="{w}"/>'
            '<path d="M128 44v116" stroke="{a}" stroke-width="6"/>'
        ),
        "collar": (
            '<ellipse cx="100" cy="96" rx="54" ry="42" fill="none" stroke="{m}" stroke-width="15"/>'
            '<ellipse cx="100" cy="96" rx="54" ry="42" fill="none" stroke="{l}" stroke-width="3" '
            'stroke-dasharray="8 7"/>'
            '<path d="M100 134q-20-2-16 12q4 12 16 18q12-6 16-18q4-14-16-12z" fill="{a}"/>'
        ),
        "bone": (
            '<path d="M66 86a17 17 0 1 0-22 22a17 17 0 1 0 24 20h64a17 17 0 1 0 24-20a17 17 0 1 0-22-22z" '
            'fill="{m}"/><path d="M70 96h60" stroke="{l}" stroke-width="8" stroke-linecap="round"/>'
        ),
        "paw": (
            '<ellipse cx="100" cy="128" rx="36" ry="30" fill="{m}"/>'
            '<ellipse cx="56" cy="98" rx="14" ry="18" fill="{m}"/>'
            '<ellipse cx="82" cy="70" rx="14" ry="19" fill="{d}"/>'
            '<ellipse cx="118" cy="70" rx="14" ry="19" fill="{d}"/>'
            '<ellipse cx="144" cy="98" rx="14" ry="18" fill="{m}"/>'
        ),
        "petbed": (
            '<ellipse cx="100" cy="126" rx="70" ry="36" fill="{d}"/>'
            '<ellipse cx="100" cy="114" rx="70" ry="34" fill="{m}"/>'
            '<ellipse cx="100" cy="112" rx="50" ry="21" fill="{l}"/>'
            '<path d="M78 112q22-22 44 0" fill="{a}"/>'
        ),
        "fish": (
            '<path d="M40 104q44-50 88 0l30-26v54l-30-28q-44 50-88 0z" fill="{m}"/>'
            '<path d="M86 80q14 24 0 50" fill="none" stroke="{l}" stroke-width="5"/>'
            '<circle cx="64" cy="98" r="6" fill="{i}"/><circle cx="48" cy="66" r="5" fill="{a}"/>'
            '<circle cx="62" cy="52" r="7" fill="{a}" opacity=".7"/>'
        ),
        "car": (
            '<path d="M34 122q0-18 20-20l16-28q4-6 12-6h42q8 0 14 8l18 26q20 2 20 22v16H34z" fill="{m}"/>'
            '<path d="M76 100l12-22h12v22zM108 100V78h16l16 22z" fill="{w}"/>'
            '<circle cx="66" cy="140" r="18" fill="{i}"/><circle cx="136" cy="140" r="18" fill="{i}"/>'
            '<circle cx="66" cy="140" r="8" fill="{l}"/><circle cx="136" cy="140" r="8" fill="{l}"/>'
        ),
        "wheel": (
            '<circle cx="100" cy="104" r="56" fill="{i}"/><circle cx="100" cy="104" r="40" fill="{m}"/>'
            '<path d="M100 64v80M60 104h80M72 76l56 56M128 76l-56 56" stroke="{d}" stroke-width="7"/>'
            '<circle cx="100" cy="104" r="12" fill="{l}"/>'
        ),
        "wrench": (
            '<path d="M134 44a30 30 0 0 0-38 40L46 134a14 14 0 0 0 20 20l50-50a30 30 0 0 0 40-38l-18 '
            '18-18-4-4-18z" fill="{m}"/><circle cx="58" cy="144" r="6" fill="{w}"/>'
        ),
        "hammer": (
            '<rect x="92" y="72" width="16" height="90" rx="7" fill="{a}"/>'
            '<path d="M56 48h68q22 0 28 24h-22q-4-4-10-4H56z" fill="{m}"/>'
            '<rect x="44" y="44" width="20" height="30" rx="5" fill="{d}"/>'
        ),
        "drill": (
            '<rect x="46" y="62" width="84" height="40" rx="14" fill="{m}"/>'
            '<path d="M130 74h16v16h-16z" fill="{i}"/><path d="M146 82h28" stroke="{i}" stroke-width="6"/>'
            '<path d="M58 98h34l-8 48H56z" fill="{d}"/>'
            '<rect x="48" y="144" width="50" height="16" rx="5" fill="{i}"/>'
            '<circle cx="70" cy="82" r="8" fill="{a}"/>'
        ),
        "brush": (
            '<rect x="92" y="86" width="16" height="76" rx="8" fill="{m}"/>'
            '<rect x="86" y="74" width="28" height="18" rx="4" fill="{d}"/>'
            '<path d="M86 74q-10-22 14-36q24 14 14 36z" fill="{a}"/>'
        ),
        "lipstick": (
            '<rect x="78" y="104" width="44" height="56" rx="5" fill="{d}"/>'
            '<rect x="84" y="84" width="32" height="22" fill="{l}"/>'
            '<path d="M88 84V56l24-14v42z" fill="{m}"/>'
        ),
        "mirror": (
            '<circle cx="100" cy="84" r="44" fill="{m}"/><circle cx="100" cy="84" r="35" fill="{w}"/>'
            '<path d="M82 92l26-26M92 102l24-24" stroke="{a}" stroke-width="5" stroke-linecap="round"/>'
            '<path d="M100 128v20M72 156h56" stroke="{d}" stroke-width="10" stroke-linecap="round"/>'
        ),
        "soap": (
            '<rect x="68" y="86" width="64" height="74" rx="14" fill="{m}"/>'
            '<rect x="68" y="86" width="20" height="74" rx="10" fill="{l}"/>'
            '<path d="M100 86V62H72" fill="none" stroke="{d}" stroke-width="9" stroke-linecap="round"/>'
            '<rect x="86" y="74" width="28" height="14" rx="4" fill="{d}"/>'
            '<circle cx="58" cy="74" r="6" fill="{a}"/>'
        ),
        "bear": (
            '<circle cx="66" cy="60" r="19" fill="{d}"/><circle cx="134" cy="60" r="19" fill="{d}"/>'
            '<circle cx="100" cy="98" r="54" fill="{m}"/>'
            '<ellipse cx="100" cy="116" rx="25" ry="20" fill="{l}"/>'
            '<circle cx="80" cy="88" r="6" fill="{i}"/><circle cx="120" cy="88" r="6" fill="{i}"/>'
            '<ellipse cx="100" cy="108" rx="9" ry="6" fill="{i}"/>'
        ),
        "blocks": (
            '<rect x="44" y="108" width="52" height="52" rx="6" fill="{m}"/>'
            '<rect x="104" y="108" width="52" height="52" rx="6" fill="{d}"/>'
            '<rect x="74" y="52" width="52" height="52" rx="6" fill="{a}"/>'
            '<circle cx="70" cy="134" r="12" fill="{l}"/><path d="M130 120l12 26h-24z" fill="{l}"/>'
            '<rect x="90" y="68" width="20" height="20" fill="{w}"/>'
        ),
        "ball": (
            '<circle cx="100" cy="102" r="56" fill="{m}"/>'
            '<path d="M100 46q-30 56 0 112M100 46q30 56 0 112M46 90q54 26 108 0" fill="none" stroke="{w}" '
            'stroke-width="5"/>'
            '<path d="M60 70a52 52 0 0 1 28-20" stroke="{l}" stroke-width="8" stroke-linecap="round" '
            'fill="none"/>'
        ),
        "dumbbell": (
            '<rect x="60" y="98" width="80" height="14" fill="{i}"/>'
            '<rect x="42" y="72" width="24" height="66" rx="8" fill="{m}"/>'
            '<rect x="134" y="72" width="24" height="66" rx="8" fill="{m}"/>'
            '<rect x="30" y="86" width="14" height="38" rx="6" fill="{d}"/>'
            '<rect x="156" y="86" width="14" height="38" rx="6" fill="{d}"/>'
        ),
        "mat": (
            '<path d="M56 132h100a14 14 0 0 1 0 28H56z" fill="{d}"/>'
            '<circle cx="56" cy="132" r="28" fill="{m}"/>'
            '<circle cx="56" cy="132" r="18" fill="none" stroke="{l}" stroke-width="6"/>'
            '<circle cx="56" cy="132" r="6" fill="{a}"/><path d="M84 120V70l72 0v62H84z" fill="{m}"/>'
            '<path d="M98 70v50M142 70v62" stroke="{l}" stroke-width="4"/>'
        ),
        "tent": (
            '<path d="M100 48l66 112H34z" fill="{m}"/><path d="M100 48l66 112h-40z" fill="{d}"/>'
            '<path d="M100 92l24 68H76z" fill="{l}"/><path d="M100 92v68" stroke="{i}" stroke-width="4"/>'
        ),
        "bike": (
            '<circle cx="58" cy="128" r="30" fill="none" stroke="{i}" stroke-width="7"/>'
            '<circle cx="144" cy="128" r="30" fill="none" stroke="{i}" stroke-width="7"/>'
            '<path d="M58 128l28-50h44l14 50M86 78l16 50 28-50M58 128h44" fill="none" stroke="{m}" '
            'stroke-width="8" stroke-linejoin="round"/>'
            '<path d="M76 72h24M130 78l-4-18h18" stroke="{d}" stroke-width="8" stroke-linecap="round" '
            'fill="none"/>'
        ),
        "shirt": (
            '<path d="M74 48q26 20 52 0l40 26-16 30-18-10v66H68V94l-18 10-16-30z" fill="{m}"/>'
            '<path d="M74 48q26 20 52 0l-6 12q-20 12-40 0z" fill="{d}"/>'
            '<rect x="108" y="92" width="18" height="18" rx="3" fill="{l}"/>'
        ),
        "dress": (
            '<path d="M80 44l8 14h24l8-14 10 6-12 44 32 66H50l32-66-12-44z" fill="{m}"/>'
            '<path d="M80 96h40l3 12H77z" fill="{a}"/>'
            '<path d="M84 108l-12 52M116 108l12 52M100 108v52" stroke="{d}" stroke-width="3"/>'
        ),
        "trousers": (
            '<path d="M66 44h68l12 116h-32l-14-72-14 72H54z" fill="{m}"/>'
            '<rect x="66" y="44" width="68" height="14" fill="{d}"/>'
            '<path d="M100 58v30" stroke="{d}" stroke-width="4"/>'
            '<circle cx="100" cy="51" r="4" fill="{a}"/>'
        ),
        "shoe": (
            '<path d="M42 88q20 10 40-16l40 38q36 4 40 30v8H42z" fill="{m}"/>'
            '<path d="M42 138h120v14a8 8 0 0 1-8 8H50a8 8 0 0 1-8-8z" fill="{w}"/>'
            '<path d="M88 88l-10 12M100 98l-10 12M112 108l-10 12" stroke="{a}" stroke-width="5" '
            'stroke-linecap="round"/>'
        ),
        "hat": (
            '<path d="M60 120q0-64 44-64t44 64z" fill="{m}"/>'
            '<path d="M56 116h92q22 4 26 22q-30-12-60-10H56z" fill="{d}"/>'
            '<circle cx="104" cy="56" r="6" fill="{a}"/>'
            '<path d="M104 58v58" stroke="{l}" stroke-width="4"/>'
        ),
        "sock": (
            '<path d="M78 42h44v62l32 26q12 14 0 26q-12 8-26 0L86 132q-8-6-8-18z" fill="{m}"/>'
            '<rect x="76" y="40" width="48" height="18" rx="6" fill="{d}"/>'
            '<path d="M78 74h44M78 88h44" stroke="{a}" stroke-width="6"/>'
        ),
        "scarf": (
            '<path d="M58 60q42 30 84 0q14 20 0 34q-42 22-84 0q-14-16 0-34z" fill="{m}"/>'
            '<path d="M116 98l18 60h-34l-6-56z" fill="{d}"/>'
            '<path d="M102 146h30M98 132h30" stroke="{a}" stroke-width="5"/>'
            '<path d="M70 74q30 18 60 0" stroke="{l}" stroke-width="5" fill="none"/>'
        ),
        "flag": (
            '<rect x="52" y="38" width="8" height="124" rx="4" fill="{i}"/>'
            '<path d="M60 46q24-12 46 0t46 0v64q-24 12-46 0t-46 0z" fill="{m}"/>'
            '<path d="M60 68q24-12 46 0t46 0v20q-24 12-46 0t-46 0z" fill="{w}"/>'
        ),
        "babybottle": (
            '<path d="M88 60q-2-24 12-24t12 24z" fill="{a}"/>'
            '<rect x="74" y="58" width="52" height="16" rx="5" fill="{m}"/>'
            '<rect x="70" y="74" width="60" height="86" rx="16" fill="{w}"/>'
            '<path d="M70 106h60v38a16 16 0 0 1-16 16H86a16 16 0 0 1-16-16z" fill="{l}"/>'
            '<path d="M112 92h12M112 108h12M112 124h12" stroke="{d}" stroke-width="4"/>'
        ),
        "stroller": (
            '<path d="M46 96a54 54 0 0 1 54-54v54z" fill="{d}"/>'
            '<path d="M46 96h106q-6 40-44 40H88q-36 0-42-40z" fill="{m}"/>'
            '<path d="M152 96l16-34h10" fill="none" stroke="{i}" stroke-width="7" stroke-linecap="round"/>'
            '<circle cx="76" cy="150" r="12" fill="{i}"/><circle cx="126" cy="150" r="12" fill="{i}"/>'
            '<circle cx="76" cy="150" r="4" fill="{w}"/><circle cx="126" cy="150" r="4" fill="{w}"/>'
        ),
    }
)
KINDS: Final = tuple(PICTOGRAMS)
"""The words `draw` has a pictogram for."""

# Words as they stand in shop titles; an unknown word gets a steady colour of its own from its letters.
COLOURS: Final = MappingProxyType(
    {
        "black": "#3b3f46", "white": "#e9e6df", "grey": "#8c939c", "gray": "#8c939c",
        "silver": "#b4bcc6", "red": "#cf4b46", "burgundy": "#8a3446", "pink": "#e59ab0",
        "rose": "#d98a94", "coral": "#ee8369", "orange": "#ea8c3a", "apricot": "#f0b98a",
        "yellow": "#edc84a", "gold": "#cfa446", "brass": "#b9974f", "champagne": "#dcc8a0",
        "beige": "#d8c5a6", "cream": "#eadfc8", "khaki": "#b3a273", "brown": "#8a5f43",
        "coffee": "#6f4f3e", "walnut": "#7a5539", "bamboo": "#cda868", "green": "#5b9b68",
        "olive": "#7f8748", "mint": "#8fcfb4", "sage": "#9db39a", "teal": "#3f8f92",
        "turquoise": "#4dbcc0", "blue": "#4a7fc4", "sky": "#83b9e6", "navy": "#34486f",
        "purple": "#8362ad", "lilac": "#b9a3d6", "lavender": "#b9a3d6", "transparent": "#c9dde2",
        "clear": "#c9dde2", "copper": "#b9754b", "bronze": "#8f6b45", "multicolor": "#6fa3c8",
        "natural": "#cfae7f", "steel": "#9aa7b2", "graphite": "#50565f", "sand": "#d9c39a",
        "mustard": "#cf9f35",
    }
)  # fmt: skip


def draw(kind: str, seed: str, colour: str | None = None) -> str:
    """
    Draw one product as a complete SVG document of about 1 kB, square, without text or outside references.

    Args:
        kind: One of `KINDS`; anything else is drawn as a parcel.
        seed: What makes this picture differ from others of its kind: background, accent, tilt and size.
        colour: Colour words such as "Navy Blue"; the last one known decides. None picks one by the seed.

    Returns:
        SVG text, the same for the same arguments.
    """
    chance = blake2b(seed.encode(), digest_size=8).digest()
    main = _colour_of(colour) if colour else _hsl(chance[0] / 255, 0.55, 0.42)
    hue = chance[1] / 255
    shape = PICTOGRAMS.get(kind, PICTOGRAMS["box"]).format(
        m=main,
        d=_shade(main, -0.24),
        l=_shade(main, 0.3),
        a=_hsl(hue + 0.5, 0.58, 0.55),
        i="#4a4f58",
        w="#fbfaf7",
    )
    tilt, size = (chance[2] - 128) / 32, 0.94 + chance[3] / 2550
    label = escape(" ".join(filter(None, (colour, kind))))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200" width="600" height="600" role="img" '
        f'aria-label="{label}"><defs><radialGradient id="g" cx=".4" cy=".3" r=".9">'
        f'<stop offset="0" stop-color="{_hsl(hue, 0.4, 0.96)}"/>'
        f'<stop offset="1" stop-color="{_hsl(hue, 0.32, 0.86)}"/></radialGradient></defs>'
        '<rect width="200" height="200" fill="url(#g)"/>'
        f'<circle cx="{60 + chance[4] // 3}" cy="{52 + chance[5] // 6}" r="{58 + chance[6] // 8}" '
        'fill="#fff" opacity=".38"/>'
        f'<ellipse cx="100" cy="166" rx="{56 + chance[7] // 32}" ry="8" fill="#2b2f38" opacity=".14"/>'
        f'<g transform="translate(100 160) rotate({tilt:.1f}) scale({size:.2f}) translate(-100 -160)">'
        f"{shape}</g></svg>"
    )


def _colour_of(words: str) -> str:
    for word in reversed(words.lower().replace("-", " ").replace("_", " ").split()):
        if word in COLOURS:
            return COLOURS[word]
    return _hsl(blake2b(words.lower().encode(), digest_size=1).digest()[0] / 255, 0.45, 0.55)


def _hsl(hue: float, saturation: float, lightness: float) -> str:
    red, green, blue = colorsys.hls_to_rgb(hue % 1, lightness, saturation)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"


def _shade(colour: str, amount: float) -> str:
    """Mix towards white (positive amount) or black (negative), 0 to 1."""
    target = 255 if amount > 0 else 0
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(part + (target - part) * abs(amount)):02x}" for part in parts)
