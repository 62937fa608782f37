import radio from "enketo-core/src/widget/radio/radiopicker";

export default [radio];
